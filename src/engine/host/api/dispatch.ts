import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { createConnectRouter } from '@connectrpc/connect';
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node';
import { type FaultListener, guardImplementations } from './guard.ts';
import type { ApiService } from './service.ts';

export type Request = IncomingMessage | Http2ServerRequest;
export type Response = ServerResponse | Http2ServerResponse;

/** Answers one HTTP request; never throws. */
export type Dispatch = (request: Request, response: Response) => Promise<void>;

/** Routes HTTP requests to the methods of services, in whichever protocol they come. */
export function createDispatch(options: {
  readonly services: readonly ApiService[];
  readonly onFault: FaultListener;
  readonly settled: () => Promise<void>;
  readonly shutdownSignal: AbortSignal;
}): Dispatch {
  const router = createConnectRouter({
    interceptors: [guardImplementations(options.onFault, options.settled)],
    readMaxBytes: largestMessage,
    writeMaxBytes: largestMessage,
    jsonOptions: { alwaysEmitImplicit: true },
    shutdownSignal: options.shutdownSignal,
  });
  for (const service of options.services) service.register(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return async (request, response) => {
    const handler = handlers.get(request.url?.split('?', 1)[0] ?? '');
    if (handler === undefined) return end(response, 404);
    nameHost(request);
    try {
      const answer = await handler(universalRequestFromNodeRequest(request, response, undefined, undefined));
      await universalResponseToNodeResponse(answer, response);
    } catch {
      // Errors of implementations are answers by now: what failed is the request's form or the connection.
      end(response, 400);
    }
  };
}

// A batch of 2^19 routes fits; what is larger comes in several messages.
const largestMessage = 16 << 20;

// A UNIX socket has no host: clients send its path, escaped or not, or nothing at all.
function nameHost(request: Request): void {
  if ('authority' in request) Object.defineProperty(request, 'authority', { value: 'localhost' });
  else request.headers.host = 'localhost';
}

function end(response: Response, status: number): void {
  if (!response.headersSent) response.statusCode = status;
  response.end();
}
