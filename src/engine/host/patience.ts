import { setTimeout as delay } from 'node:timers/promises';

// How long others are waited for. Time in which this thread stood still itself says nothing of them: all of the process
// did, or all of the machine, and they have yet to get their turn. So of each moment that nobody here saw pass, no more
// than a quarter of a second counts.

/** Counts the time that somebody waits, from look to look. */
export class WaitedTime {
  #waitedMs = 0;
  #lastMs = performance.now();

  /** Milliseconds until now that count. */
  note(nowMs: number): number {
    this.#waitedMs += Math.min(nowMs - this.#lastMs, LONGEST_TURN_MS);
    this.#lastMs = nowMs;
    return this.#waitedMs;
  }
}

/** Resolves to undefined after so many milliseconds that count. */
export async function patience(ms: number): Promise<undefined> {
  for (let leftMs = ms; leftMs > 0; leftMs -= LONGEST_TURN_MS)
    await delay(Math.min(leftMs, LONGEST_TURN_MS), undefined, { ref: false });
}

/** The longest time between two looks of a thread that gets its turns. */
const LONGEST_TURN_MS = 250;
