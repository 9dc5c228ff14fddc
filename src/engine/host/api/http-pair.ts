import type { EventEmitter } from 'node:events';
import { createServer as createHttp1Server } from 'node:http';
import { constants, createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Request, Response } from './http-call.ts';
import type { ApiLimits } from './limits.ts';
import type { HttpVersion } from './sniff.ts';

/** Speaks HTTP/1.1 and HTTP/2 on connections that somebody else has accepted. */
export class HttpPair {
  readonly #http1;
  readonly #http2;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #patienceMs: number;
  #closing = false;

  constructor(limits: ApiLimits, handle: (request: Request, response: Response) => void) {
    const guarded = (request: Request, response: Response) => this.#handle(request, response, handle);
    this.#patienceMs = limits.patienceMs;
    // How long a body may take is the method's business: a stream of requests may be silent for hours.
    const times = { headersTimeout: limits.patienceMs, requestTimeout: 0 };
    this.#http1 = createHttp1Server(
      { ...times, connectionsCheckingInterval: Math.ceil(limits.patienceMs / 4) },
      guarded,
    );
    this.#http2 = createHttp2Server({ settings: { maxConcurrentStreams: limits.calls } }, guarded);
    this.#http2.on('session', (session) => this.#track(session));
  }

  /** Begins to watch over slow clients. */
  start(): void {
    this.#http1.emit('listening'); // which it does not by itself, as it owns no socket
  }

  /** Serves a connection. */
  accept(socket: Socket, version: HttpVersion): void {
    (version === 'http2' ? this.#http2 : this.#http1).emit('connection', socket);
  }

  /** Takes no more calls, and ends connections with their last one. */
  close(): void {
    this.#closing = true;
    for (const session of this.#sessions) session.close();
    this.#http1.close();
  }

  #handle(
    request: Request,
    response: Response,
    handle: (request: Request, response: Response) => void,
  ): void {
    const emitters: EventEmitter[] = [request, response];
    for (const emitter of emitters) emitter.on('error', ignore);
    response.once('finish', () => this.#finish(request));
    handle(request, response);
  }

  /** What is left of a request that was answered before its end may still come for a while. */
  #finish(request: Request): void {
    if ('stream' in request) {
      if (!request.complete) request.stream.close(constants.NGHTTP2_NO_ERROR);
      return;
    }
    const { socket } = request;
    if (this.#closing) socket.destroySoon();
    if (request.complete) return;
    const late = setTimeout(() => socket.destroySoon(), this.#patienceMs).unref();
    request.once('end', () => clearTimeout(late));
  }

  /** A session that calls nothing in the time that HTTP/1.1 has for its first head is closed. */
  #track(session: ServerHttp2Session): void {
    const silent = setTimeout(() => session.close(), this.#patienceMs).unref();
    this.#sessions.add(session);
    session.once('stream', () => clearTimeout(silent));
    session.once('close', () => {
      clearTimeout(silent);
      this.#sessions.delete(session);
    });
  }
}

function ignore(): void {
  // The connection is gone, and with it whoever could be told.
}
