import type { Logger } from 'pino';

/** Lets what ends a router end it once, however many ask. */
export function closeOnce(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= close();
    return closing;
  };
}

/** The first signal ends the router in order, the second at once, and so does time. */
export function endOnSignals(log: Logger, close: () => Promise<void>): void {
  let asked = false;
  const end = (signal: NodeJS.Signals) => {
    if (asked) endByForce();
    asked = true;
    log.info({ signal }, 'the router is ending');
    setTimeout(() => {
      log.fatal({ longestMs: LONGEST_END_MS }, 'the router has not ended in time, and is ended by force');
      endByForce();
    }, LONGEST_END_MS);
    close().then(
      () => process.exit(0),
      (error) => {
        log.fatal({ error }, 'the router could not end in order, and is ended by force');
        endByForce();
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
}

/** Node.js waits for its threads when it exits; one that never comes back from C would keep the process. */
function endByForce(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('the process goes on after SIGKILL');
}

/** Ending takes a second or two; whoever manages the service would not wait for ever either. */
export const LONGEST_END_MS = 20_000;
