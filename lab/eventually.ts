import { setTimeout as delay } from 'node:timers/promises';
import { LabError } from './lab-error.ts';

/** How long and how often to look; only what fails takes that long, and a machine that others use stands still for seconds. */
export interface Patience {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
}

/**
 * Calls a function until it does not throw, and resolves to what it returned.
 *
 * @throws LabError LAB_TIMEOUT with the last error as its cause
 */
export async function eventually<T>(look: () => T | Promise<T>, patience: Patience = {}): Promise<T> {
  const { timeoutMs = 30_000, everyMs = 50 } = patience;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > deadline) throw tooLate(timeoutMs, error);
    }
    await delay(everyMs);
  }
}

function tooLate(timeoutMs: number, error: unknown): LabError {
  const last = error instanceof Error ? error.message : String(error);
  return new LabError('LAB_TIMEOUT', `not so within ${timeoutMs} ms: ${last}`, { cause: error });
}
