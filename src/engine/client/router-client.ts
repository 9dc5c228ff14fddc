import type { IncomingMessage } from 'node:http';
import type { DescService } from '@bufbuild/protobuf';
import { unwrap, wrap } from './envelope.ts';
import { parseMessage, parseRemoteError, RemoteError } from './remote-error.ts';
import type { RequestOf, ResponseOf, ServiceRef, StreamMethod, UnaryMethod } from './service-types.ts';

/** Calls the services of a router, typed by their descriptors. */
export interface RouterClient {
  /** Calls a method that answers once; throws a RemoteError. */
  call<Service extends DescService, Method extends UnaryMethod<Service>>(
    service: ServiceRef<Service>,
    method: Method,
    request: RequestOf<Service, Method>,
    options?: CallOptions,
  ): Promise<ResponseOf<Service, Method>>;
  /** Calls a method that answers with a stream, which ends quietly when the signal aborts. */
  stream<Service extends DescService, Method extends StreamMethod<Service>>(
    service: ServiceRef<Service>,
    method: Method,
    request: RequestOf<Service, Method>,
    options?: CallOptions,
  ): AsyncGenerator<ResponseOf<Service, Method>>;
  close(): void;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

/**
 * Makes a client that connects with its first call and keeps the connection.
 *
 * It speaks the JSON form of the Connect protocol over HTTP/1.1, because neither a protobuf runtime nor
 * HTTP/2 has to be loaded for that: 5 ms of a command's start instead of 50.
 */
export function connectRouter(options: { readonly socketPath: string }): RouterClient {
  return new HttpClient(options.socketPath);
}

// An import statement would evaluate every export of the module, which loads all of fetch: 18 ms.
const http = process.getBuiltinModule('node:http');

interface Named {
  readonly typeName: string;
}

interface Post {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  readonly signal: AbortSignal | undefined;
}

class HttpClient implements RouterClient {
  readonly #socketPath: string;
  readonly #agent = new http.Agent({ keepAlive: true });

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  async call<Response>(
    service: Named,
    method: string,
    request: unknown,
    options?: CallOptions,
  ): Promise<Response> {
    const body = Buffer.from(JSON.stringify(request));
    const response = await this.#post({
      path: pathOf(service, method),
      type: 'application/json',
      body,
      signal: options?.signal,
    });
    const text = await this.#read(response);
    if (response.statusCode !== 200) throw parseRemoteError(text, response.statusCode);
    return parseMessage(text);
  }

  async *stream<Response>(
    service: Named,
    method: string,
    request: unknown,
    options?: CallOptions,
  ): AsyncGenerator<Response> {
    const body = wrap(JSON.stringify(request));
    const signal = options?.signal;
    try {
      const response = await this.#post({
        path: pathOf(service, method),
        type: 'application/connect+json',
        body,
        signal,
      });
      if (response.statusCode !== 200)
        throw parseRemoteError(await this.#read(response), response.statusCode);
      yield* messagesOf<Response>(response);
    } catch (error) {
      if (signal?.aborted !== true) throw this.#explain(error);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(post: Post): Promise<IncomingMessage> {
    const { path, type, body, signal } = post;
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': type, 'content-length': body.length };
      const [socketPath, agent] = [this.#socketPath, this.#agent];
      // A server's name is TLS's; where none is said, 5 ms of a command's start go into asking whether the host is an address.
      const place = { socketPath, agent, servername: '', method: 'POST', path, headers };
      let isAnswered = false;
      const request = http.request(signal === undefined ? place : { ...place, signal }, (response) => {
        isAnswered = true;
        resolve(response);
      });
      request.once('error', (error) => {
        if (request.reusedSocket && !isAnswered && wasNotRead(error)) resolve(this.#post(post));
        else reject(this.#explain(error));
      });
      request.end(body);
    });
  }

  async #read(response: IncomingMessage): Promise<string> {
    try {
      return await textOf(response);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** Gives the errors of the connection a sentence; leaves all others alone. */
  #explain(error: unknown): unknown {
    if (error instanceof RemoteError || !(error instanceof Error) || !('code' in error)) return error;
    const problem = problems[String(error.code)];
    if (problem === undefined) return error;
    const { code, received } = problem;
    const doing = `calling the router at ${this.#socketPath}`;
    const expected = 'a router that listens there';
    return new RemoteError(`${doing}: expected ${expected}, got ${received}`, {
      code,
      doing,
      expected,
      received,
    });
  }
}

/**
 * Says that the other end closed the connection before it had read all that was sent, so that nothing of it was done:
 * a router closes a connection that nobody uses for seconds, just before somebody does perhaps. By Linux's UNIX
 * sockets, whose error is another one when all was read.
 */
function wasNotRead(error: Error): boolean {
  const { code, syscall }: NodeJS.ErrnoException = error;
  return (code === 'EPIPE' && syscall === 'write') || (code === 'ECONNRESET' && syscall === 'read');
}

const problems: Readonly<Record<string, { readonly code: ConnectionErrno; readonly received: string }>> = {
  ENOENT: { code: 'ENOENT', received: 'no socket' },
  ECONNREFUSED: { code: 'ECONNREFUSED', received: 'a socket that nobody listens on' },
  ENOTSOCK: { code: 'ENOTSOCK', received: 'something that is no socket' },
  EACCES: { code: 'EACCES', received: 'a socket that this user may not open' },
  ECONNRESET: { code: 'ECONNRESET', received: 'a connection that ended before the answer' },
  EPIPE: { code: 'ECONNRESET', received: 'a connection that ended before the request' },
  ABORT_ERR: { code: 'ECANCELED', received: 'a cancelled call' },
};

type ConnectionErrno = 'ENOENT' | 'ECONNREFUSED' | 'ENOTSOCK' | 'EACCES' | 'ECONNRESET' | 'ECANCELED';

async function* messagesOf<Response>(response: IncomingMessage): AsyncGenerator<Response> {
  for await (const { isLast, text } of unwrap(response)) {
    if (!isLast) {
      yield parseMessage(text);
      continue;
    }
    const { error } = parseMessage<{ readonly error?: unknown }>(text);
    if (error !== undefined) throw parseRemoteError(JSON.stringify(error));
    return;
  }
  throw Object.assign(new Error('the stream has no end'), { code: 'ECONNRESET' });
}

/** By events, as each step of an iterator costs a small answer more than the answer itself. */
function textOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk) => chunks.push(chunk));
    response.once('end', () => resolve(Buffer.concat(chunks).toString()));
    response.once('error', reject);
  });
}

function pathOf(service: Named, method: string): string {
  return `/${service.typeName}/${method.charAt(0).toUpperCase()}${method.slice(1)}`;
}
