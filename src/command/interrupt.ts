import type { OnInterrupt } from './streams.ts';

/** Says that the user ended a command that did not end by itself. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly code = 'EINTR';
}

/** How long a command may take to end by itself after Ctrl-C, for instance to print a summary. */
const graceMs = 1000;

/** Runs work that Ctrl-C aborts; a second Ctrl-C, or a second of waiting, abandons it. */
export async function interruptible(
  onInterrupt: OnInterrupt | undefined,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (onInterrupt === undefined) return work(new AbortController().signal);
  const controller = new AbortController();
  const abandoned = Promise.withResolvers<void>();
  const abandon = () => abandoned.reject(new Interrupted('interrupted'));
  let timer: NodeJS.Timeout | undefined;
  const forget = onInterrupt(() => {
    if (controller.signal.aborted) return abandon();
    controller.abort();
    timer = setTimeout(abandon, graceMs);
  });
  try {
    await Promise.race([work(controller.signal), abandoned.promise]);
  } catch (reason) {
    throw controller.signal.aborted ? new Interrupted('interrupted', { cause: reason }) : reason;
  } finally {
    clearTimeout(timer);
    forget();
  }
}
