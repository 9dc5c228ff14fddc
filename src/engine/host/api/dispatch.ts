import { type ContextValues, createConnectRouter } from '@connectrpc/connect';
import type { UniversalHandler } from '@connectrpc/connect/protocol';
import { universalRequestFromNodeRequest, universalResponseToNodeResponse } from '@connectrpc/connect-node';
import { type FaultListener, guardImplementations } from './guard.ts';
import type { Request, Response } from './http-call.ts';
import { Intake } from './intake.ts';
import type { ApiLimits } from './limits.ts';
import { jsonOptions, PlainCalls } from './plain-calls.ts';
import { refusing, tooMany } from './refusal.ts';
import type { ApiService } from './service.ts';

/** Answers one HTTP request, or refuses it as it is told to; never throws. */
export type Dispatch = (request: Request, response: Response, refusal?: ContextValues) => Promise<void>;

/** Routes HTTP requests to the methods of services, in whichever protocol they come. */
export function createDispatch(options: {
  readonly services: readonly ApiService[];
  readonly onFault: FaultListener;
  readonly settled: () => Promise<void>;
  readonly shutdownSignal: AbortSignal;
  readonly limits: ApiLimits;
}): Dispatch {
  const { onFault, settled, limits, shutdownSignal } = options;
  const router = createConnectRouter({
    interceptors: [guardImplementations({ onFault, settled, stallMs: limits.stallMs })],
    readMaxBytes: limits.messageBytes,
    writeMaxBytes: limits.messageBytes,
    jsonOptions,
    shutdownSignal,
  });
  for (const service of options.services) service.register(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  const intake = new Intake(limits);
  const plain = new PlainCalls(options);
  let calls = 0;
  return async (request, response, refusal) => {
    const handler = handlers.get(request.url?.split('?', 1)[0] ?? '');
    if (handler === undefined) return end(response, 404);
    nameHost(request);
    calls++;
    response.once('close', () => calls--);
    const values = refusal ?? (calls > limits.calls ? refusing(tooMany('calls', limits.calls)) : undefined);
    try {
      if (values === undefined && (await plain.answer(request, response))) return;
      await answer({ handler, request, response, values, intake });
    } catch {
      // Errors of implementations are answers by now: what failed is the request's form or the connection.
      end(response, 400);
    }
  };
}

interface Call {
  readonly handler: UniversalHandler;
  readonly request: Request;
  readonly response: Response;
  readonly values: ContextValues | undefined;
  readonly intake: Intake;
}

async function answer({ handler, request, response, values, intake }: Call): Promise<void> {
  const call = universalRequestFromNodeRequest(request, response, undefined, values);
  const { methodKind } = handler.method;
  const kind = methodKind === 'unary' || methodKind === 'server_streaming' ? 'message' : 'stream';
  // The body is a stream, as nothing has parsed it before.
  const portion = intake.open(call.body as AsyncIterable<Uint8Array>, kind);
  response.once('close', portion.close);
  await universalResponseToNodeResponse(await handler({ ...call, body: portion.body }), response);
}

// A UNIX socket has no host: clients send its path, escaped or not, or nothing at all.
function nameHost(request: Request): void {
  if ('authority' in request) Object.defineProperty(request, 'authority', { value: 'localhost' });
  else request.headers.host = 'localhost';
}

function end(response: Response, status: number): void {
  if (!response.headersSent) response.statusCode = status;
  response.end();
}
