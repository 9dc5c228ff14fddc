import { Code, ConnectError, type Interceptor } from '@connectrpc/connect';
import { isFault, toConnectError } from './wire-error.ts';

/** Reports an error of an implementation that carries no code: a mistake in the router itself. */
export type FaultListener = (fault: { readonly method: string; readonly error: unknown }) => void;

/**
 * Gives every error of an implementation a code, ends its streams when the client has gone, and lets answers wait
 * until what they tell of shows outside.
 */
export function guardImplementations(
  onFault: FaultListener,
  settled: () => Promise<void> = () => Promise.resolve(),
): Interceptor {
  return (next) => async (request) => {
    const method = `${request.service.typeName}/${request.method.name}`;
    const fail = (error: unknown) => {
      if (request.signal.aborted) return abortError(request.signal);
      if (isFault(error)) onFault({ method, error });
      return toConnectError(error);
    };
    try {
      const response = await next(request);
      if (!response.stream) {
        await settled();
        return response;
      }
      return { ...response, message: guardStream(response.message, request.signal, fail) };
    } catch (error) {
      throw fail(error);
    }
  };
}

async function* guardStream<T>(
  messages: AsyncIterable<T>,
  signal: AbortSignal,
  fail: (error: unknown) => unknown,
): AsyncGenerator<T> {
  const iterator = messages[Symbol.asyncIterator]();
  const aborted = rejectOnAbort(signal);
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), aborted.promise]);
      if (step.done === true) return;
      yield step.value;
    }
  } catch (error) {
    throw fail(error);
  } finally {
    aborted.stop();
    // Not awaited: a generator that waits for something that never comes would never answer.
    iterator.return?.().catch(() => undefined);
  }
}

function rejectOnAbort(signal: AbortSignal) {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(abortError(signal));
  promise.catch(() => undefined);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return { promise, stop: () => signal.removeEventListener('abort', abort) };
}

/** Gives the reason why a call ended from outside: its deadline, the router's end, or that its client left. */
function abortError({ reason }: AbortSignal): ConnectError {
  return reason instanceof ConnectError ? reason : new ConnectError('the client has gone', Code.Canceled);
}
