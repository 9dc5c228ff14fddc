import type { EventEmitter } from 'node:events';
import { createServer as createHttp1Server } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { Code, ConnectError } from '@connectrpc/connect';
import { createDispatch, type Dispatch, type Request, type Response } from './dispatch.ts';
import type { FaultListener } from './guard.ts';
import { Health } from './health.ts';
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
}

/** Serves gRPC, gRPC-Web and Connect, in HTTP/2 and HTTP/1.1, on one UNIX socket. */
export class ApiServer {
  readonly health: Health;
  readonly #place: UnixSocketPlace;
  readonly #dispatch: Dispatch;
  readonly #shutdown = new AbortController();
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #server = createServer((socket) => this.#accept(socket));
  readonly #http1;
  readonly #http2;

  constructor(options: ApiServerOptions) {
    this.#place = options;
    this.health = new Health(options.services.map((service) => service.descriptor.typeName));
    this.#dispatch = createDispatch({
      services: [...options.services, ...standardServices(options.services, this.health)],
      onFault: options.onFault,
      settled: options.settled ?? (() => Promise.resolve()),
      shutdownSignal: this.#shutdown.signal,
    });
    const handle = (request: Request, response: Response) => this.#handle(request, response);
    this.#http1 = createHttp1Server(handle);
    this.#http2 = createHttp2Server(handle);
    this.#http2.on('session', (session) => this.#track(session));
  }

  /** Opens the socket; throws EADDRINUSE when another router listens on it. */
  async start(): Promise<void> {
    try {
      await listenOnUnixSocket(this.#server, this.#place);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#http1.emit('listening'); // starts its watch over slow clients, though it owns no socket
  }

  /** Ends all calls, waits for their connections to close and removes the socket. */
  async close(graceMs = 500): Promise<void> {
    if (this.#shutdown.signal.aborted) return;
    this.health.setAll('not-serving');
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#shutdown.abort(new ConnectError('the router is stopping', Code.Unavailable));
    for (const session of this.#sessions) session.close();
    this.#http1.close();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }

  #handle(request: Request, response: Response): void {
    const emitters: EventEmitter[] = [request, response];
    for (const emitter of emitters) emitter.on('error', ignore);
    response.once('finish', () => {
      if (this.#shutdown.signal.aborted && request.httpVersionMajor === 1) request.socket.end();
    });
    void this.#dispatch(request, response);
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', ignore);
    sniffHttpVersion(socket, (version) => {
      (version === 'http2' ? this.#http2 : this.#http1).emit('connection', socket);
    });
  }

  #track(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.once('close', () => this.#sessions.delete(session));
  }
}

function ignore(): void {
  // The connection is gone, and with it whoever could be told.
}
