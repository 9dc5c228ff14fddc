import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ApiError } from '../../api-error.ts';
import { listenOnUnixSocket } from '../api/unix-socket.ts';
import { openMetricsType } from './openmetrics.ts';

/** Where metrics are served: an address and port, or a UNIX socket. */
export type MetricsPlace =
  | { readonly host: string; readonly port: number }
  | { readonly path: string; readonly mode: number };

/** Reads `ADDR:PORT`, `[ADDR6]:PORT`, `:PORT` or `unix:PATH`; without a port it is 9111. @throws ApiError EINVAL */
export function parseMetricsPlace(text: string): MetricsPlace {
  if (text.startsWith('unix:') && text.length > 5) return { path: text.slice(5), mode: 0o660 };
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:]*))(?::(\d{1,5}))?$/.exec(text);
  const port = Number(found?.[3] ?? DEFAULT_PORT);
  const host = found?.[1] ?? found?.[2];
  if (host !== undefined && text !== '' && port <= 65535) return { host: host === '' ? '::' : host, port };
  throw new ApiError('EINVAL', {
    doing: 'reading where to serve metrics',
    expected: 'ADDR:PORT, [ADDR6]:PORT or unix:PATH',
    received: JSON.stringify(text),
  });
}

/** Serves the metrics at /metrics, as a scraper of Prometheus asks for them. */
export class MetricsServer {
  readonly #collect: () => string;
  readonly #onFault: (error: unknown) => void;
  readonly #server = createServer((request, response) => this.#answer(request, response));

  constructor(collect: () => string, onFault: (error: unknown) => void) {
    this.#collect = collect;
    this.#onFault = onFault;
  }

  /** Opens the port or socket. @throws ApiError EADDRINUSE, EADDRNOTAVAIL, EACCES */
  async start(place: MetricsPlace): Promise<void> {
    if ('path' in place) return listenOnUnixSocket(this.#server, place);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', (error) => reject(refused(place, error)));
    this.#server.listen({ ...place }, resolve);
    await promise;
  }

  /** The port that it listens on, for those who asked for port 0. */
  get port(): number | undefined {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  }

  /** Ends all connections and gives the port back. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const isKnown = request.url?.split('?')[0] === '/metrics';
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (!isKnown) reply(response, 404, 'metrics are at /metrics\n');
    else if (!reads) reply(response, 405, 'metrics are read with GET\n');
    else this.#answerMetrics(response);
  }

  #answerMetrics(response: ServerResponse): void {
    try {
      reply(response, 200, this.#collect(), openMetricsType);
    } catch (error) {
      this.#onFault(error);
      reply(response, 500, 'the metrics could not be collected; the log says why\n');
    }
  }
}

const DEFAULT_PORT = 9111;

function reply(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function refused({ host, port }: { readonly host: string; readonly port: number }, error: Error): ApiError {
  const code = 'code' in error ? error.code : undefined;
  const known = code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL' || code === 'EACCES' ? code : 'EINVAL';
  return new ApiError(
    known,
    {
      doing: `serving metrics on ${host} port ${port}`,
      expected: 'a free port of an address of this host',
      received: error.message,
    },
    { cause: error },
  );
}
