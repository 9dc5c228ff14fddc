import { createServer, type Socket } from 'node:net';
import { Code, ConnectError } from '@connectrpc/connect';
import { createDispatch, type Dispatch } from './dispatch.ts';
import type { FaultListener } from './guard.ts';
import { Health } from './health.ts';
import type { Request, Response } from './http-call.ts';
import { HttpPair } from './http-pair.ts';
import { type ApiLimits, apiLimits } from './limits.ts';
import { refusing, tooMany } from './refusal.ts';
import type { ApiService } from './service.ts';
import { sniffHttpVersion } from './sniff.ts';
import { standardServices } from './standard-services.ts';
import { listenOnUnixSocket, type UnixSocketPlace } from './unix-socket.ts';

/** What an API server serves, and where. */
export interface ApiServerOptions extends UnixSocketPlace {
  readonly services: readonly ApiService[];
  readonly onFault: FaultListener;
  /** Resolves when what calls have changed shows outside the router; answers wait for it. */
  readonly settled?: () => Promise<void>;
  readonly limits?: Partial<ApiLimits>;
}

/** Serves gRPC, gRPC-Web and Connect, in HTTP/2 and HTTP/1.1, on one UNIX socket. */
export class ApiServer {
  readonly health: Health;
  readonly #place: UnixSocketPlace;
  readonly #limits: ApiLimits;
  readonly #dispatch: Dispatch;
  readonly #shutdown = new AbortController();
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => this.#accept(socket));
  readonly #serving: HttpPair;
  /** Tells those who are too many that they are. */
  readonly #refusing: HttpPair;

  constructor(options: ApiServerOptions) {
    this.#place = options;
    this.#limits = { ...apiLimits, ...options.limits };
    this.health = new Health(options.services.map((service) => service.descriptor.typeName));
    this.#dispatch = createDispatch({
      services: [...options.services, ...standardServices(options.services, this.health)],
      onFault: options.onFault,
      settled: options.settled ?? (() => Promise.resolve()),
      shutdownSignal: this.#shutdown.signal,
      limits: this.#limits,
    });
    this.#serving = new HttpPair(this.#limits, (request, response) => void this.#dispatch(request, response));
    this.#refusing = new HttpPair(this.#limits, (request, response) => this.#refuse(request, response));
  }

  /** Opens the socket; throws EADDRINUSE when another router listens on it. */
  async start(): Promise<void> {
    try {
      await listenOnUnixSocket(this.#server, this.#place);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#serving.start();
    this.#refusing.start();
  }

  /** Ends all calls, waits for their connections to close and removes the socket. */
  async close(graceMs = 500): Promise<void> {
    if (this.#shutdown.signal.aborted) return;
    this.health.setAll('not-serving');
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#shutdown.abort(new ConnectError('the router is stopping', Code.Unavailable));
    this.#serving.close();
    this.#refusing.close();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }

  #accept(socket: Socket): void {
    const { connections, patienceMs } = this.#limits;
    const before = this.#sockets.size;
    socket.on('error', ignore);
    if (before >= connections + MOST_REFUSED) return void socket.destroy();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const pair = before < connections ? this.#serving : this.#refusing;
    sniffHttpVersion(socket, patienceMs, (version) => pair.accept(socket, version));
  }

  #refuse(request: Request, response: Response): void {
    if ('stream' in request) response.once('close', () => request.stream.session?.close());
    else response.setHeader('connection', 'close');
    void this.#dispatch(request, response, refusing(tooMany('connections', this.#limits.connections)));
  }
}

/** Connections at once that are told why they are refused; those beyond are closed without a word. */
const MOST_REFUSED = 64;

function ignore(): void {
  // The connection is gone, and with it whoever could be told.
}
