import type { IncomingMessage } from 'node:http';
import { create, type DescMessage, type DescMethodUnary, type MessageShape } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import {
  createMethodSerializationLookup,
  type MethodSerializationLookup,
} from '@connectrpc/connect/protocol';
import { codeToHttpStatus, errorToJsonBytes } from '@connectrpc/connect/protocol-connect';
import type { FaultListener } from './guard.ts';
import type { Request, Response } from './http-call.ts';
import { SMALL, tooLate } from './intake.ts';
import type { ApiLimits } from './limits.ts';
import type { ApiService, UnaryImplementation, UnaryMethod } from './service.ts';
import { isFault, toConnectError } from './wire-error.ts';

/** How plain calls are answered. */
export interface PlainCallOptions {
  readonly services: readonly ApiService[];
  readonly onFault: FaultListener;
  /** Resolves when what calls have changed shows outside the router; answers wait for it. */
  readonly settled: () => Promise<void>;
  readonly limits: ApiLimits;
}

/** One message of JSON in HTTP/1.1, small and of a known length. */
type PlainRequest = IncomingMessage;

/**
 * Answers the calls that ctl and agents make, of one message and one answer, with what Connect would answer in a
 * fraction of the time: nothing has to be negotiated, streamed or aborted.
 */
export class PlainCalls {
  readonly #options: PlainCallOptions;
  readonly #methods: ReadonlyMap<string, PlainMethod>;

  constructor(options: PlainCallOptions) {
    this.#options = options;
    const methods = options.services.flatMap(({ unary }) =>
      unary.map((each) => new PlainMethod(each, options.limits)),
    );
    this.#methods = new Map(methods.map((method) => [method.path, method]));
  }

  /** Answers a request that is plain, and resolves to false where it is not; never throws. */
  async answer(request: Request, response: Response): Promise<boolean> {
    if (!isPlain(request) || 'stream' in response) return false;
    const method = this.#methods.get(request.url ?? '');
    if (method === undefined) return false;
    const { status, body } = await this.#call(method, request);
    response.writeHead(status, { 'content-type': JSON_TYPE, 'content-length': body.length });
    response.end(body);
    return true;
  }

  async #call(method: PlainMethod, request: PlainRequest): Promise<Answer> {
    const { onFault, settled, limits } = this.#options;
    try {
      const body = await method.answer(await bodyOf(request, limits.patienceMs));
      await settled();
      return { status: 200, body };
    } catch (error) {
      if (isFault(error)) onFault({ method: method.name, error });
      const told = toConnectError(error);
      return { status: codeToHttpStatus(told.code), body: errorToJsonBytes(told, jsonOptions) };
    }
  }
}

/** How messages are written as JSON: with all their fields. */
export const jsonOptions = { alwaysEmitImplicit: true } as const;

const JSON_TYPE = 'application/json';

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

class PlainMethod {
  readonly name: string;
  readonly path: string;
  readonly #descriptor: DescMethodUnary;
  readonly #implementation: UnaryImplementation;
  readonly #limits: ApiLimits;
  /** Made with the first call: there are hundreds of methods. */
  #forms: MethodSerializationLookup<DescMessage, DescMessage> | undefined;

  constructor({ descriptor, implementation }: UnaryMethod, limits: ApiLimits) {
    this.name = `${descriptor.parent.typeName}/${descriptor.name}`;
    this.path = `/${this.name}`;
    this.#descriptor = descriptor;
    this.#implementation = implementation;
    this.#limits = limits;
  }

  /** Turns the bytes of a request into those of its answer. @throws what the implementation does, ConnectError */
  async answer(bytes: Uint8Array): Promise<Uint8Array> {
    this.#forms ??= formsOf(this.#descriptor, this.#limits);
    const request: MessageShape<DescMessage> = this.#forms.getI(false).parse(bytes);
    const answer = await this.#implementation(request);
    return this.#forms.getO(false).serialize(create(this.#descriptor.output, answer));
  }
}

function formsOf(descriptor: DescMethodUnary, { messageBytes }: ApiLimits) {
  const limits = { readMaxBytes: messageBytes, writeMaxBytes: messageBytes };
  return createMethodSerializationLookup(descriptor, undefined, jsonOptions, limits);
}

function isPlain(request: Request): request is PlainRequest {
  if ('stream' in request || request.method !== 'POST') return false;
  const { headers } = request;
  return (
    headers['content-type'] === JSON_TYPE &&
    Number(headers['content-length']) <= SMALL &&
    !special.some((name) => name in headers)
  );
}

/** Headers by which a call asks for more than to be answered. */
const special = ['content-encoding', 'connect-timeout-ms', 'expect'];

/** All that a request brings. @throws ConnectError when it does not come in time */
function bodyOf(request: PlainRequest, patienceMs: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  const late = setTimeout(() => reject(tooLate(patienceMs)), patienceMs).unref();
  request.on('data', (chunk) => chunks.push(chunk));
  request.once('end', () => resolve(Buffer.concat(chunks)));
  request.once('close', () => {
    clearTimeout(late);
    if (!request.complete) reject(new ConnectError('the client has gone', Code.Canceled));
  });
  return promise;
}
