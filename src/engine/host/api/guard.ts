import { Code, ConnectError, type Interceptor } from '@connectrpc/connect';
import { ApiError } from '../../api-error.ts';
import { refuseIfAsked } from './refusal.ts';
import { isFault, toConnectError } from './wire-error.ts';

/** Reports an error of an implementation that carries no code: a mistake in the router itself. */
export type FaultListener = (fault: { readonly method: string; readonly error: unknown }) => void;

/** What guards the implementations. */
export interface GuardOptions {
  readonly onFault: FaultListener;
  /** Resolves when what calls have changed shows outside the router; answers wait for it. */
  readonly settled: () => Promise<void>;
  /** Until a client has to take a message of a stream. */
  readonly stallMs: number;
}

/**
 * Gives every error of an implementation a code, ends its streams when the client has gone or does not read, and lets
 * answers wait until what they tell of shows outside.
 */
export function guardImplementations({ onFault, settled, stallMs }: GuardOptions): Interceptor {
  return (next) => async (request) => {
    const method = `${request.service.typeName}/${request.method.name}`;
    const fail = (error: unknown) => {
      if (request.signal.aborted) return abortError(request.signal);
      if (isFault(error)) onFault({ method, error });
      return toConnectError(error);
    };
    try {
      refuseIfAsked(request.contextValues);
      const response = await next(request);
      if (!response.stream) {
        await settled();
        return response;
      }
      return {
        ...response,
        message: guardStream(response.message, { signal: request.signal, fail, method, stallMs }),
      };
    } catch (error) {
      throw fail(error);
    }
  };
}

/** How a stream is guarded. */
export interface StreamGuard {
  readonly signal: AbortSignal;
  readonly method: string;
  readonly stallMs: number;
  /** Makes of any error what the client is told. */
  fail(error: unknown): unknown;
}

/** Passes a stream on until it ends, its call is aborted, or nobody takes it: then it lets go of it at once. */
export async function* guardStream<T>(messages: AsyncIterable<T>, guard: StreamGuard): AsyncGenerator<T> {
  const iterator = messages[Symbol.asyncIterator]();
  // Not awaited: a generator that waits for something that never comes would never answer.
  const letGo = () => void iterator.return?.().catch(() => undefined);
  const stall = new Stall(guard.stallMs, letGo);
  try {
    for (;;) {
      const step = await unlessAborted(iterator.next(), guard.signal);
      if (guard.signal.aborted) throw abortError(guard.signal);
      if (step.done === true) return;
      stall.begin();
      yield step.value;
      if (stall.end()) throw slowReader(guard);
    }
  } catch (error) {
    throw guard.fail(error);
  } finally {
    stall.end();
    letGo();
  }
}

/** Watches how long a reader takes. */
class Stall {
  readonly #longestMs: number;
  readonly #giveUp: () => void;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(longestMs: number, giveUp: () => void) {
    this.#longestMs = longestMs;
    this.#giveUp = giveUp;
  }

  begin(): void {
    this.#timer = setTimeout(() => {
      this.#over = true;
      this.#giveUp();
    }, this.#longestMs).unref();
  }

  /** Tells whether it has taken too long. */
  end(): boolean {
    clearTimeout(this.#timer);
    return this.#over;
  }
}

/** Leaves nothing behind at the signal, which outlives many waits: Promise.race would keep what each has brought. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortError(signal));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function slowReader({ method, stallMs }: StreamGuard): ApiError {
  return new ApiError('ENOBUFS', {
    doing: `sending the answers of ${method}`,
    expected: `a client that takes each within ${stallMs / 1000} s`,
    received: 'one that did not',
  });
}

/** Gives the reason why a call ended from outside: its deadline, the router's end, or that its client left. */
function abortError({ reason }: AbortSignal): ConnectError {
  return reason instanceof ConnectError ? reason : new ConnectError('the client has gone', Code.Canceled);
}
