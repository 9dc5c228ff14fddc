import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { ApiError } from '../api-error.ts';
import type { EngineFunctions } from './datapath.ts';
import { WaitedTime } from './patience.ts';
import { causeOf, standstillOf } from './standstill.ts';
import type { ThreadTimes } from './thread-times.ts';

/** A worker whose quiet points are waited for. */
export interface Waited {
  readonly index: number;
  readonly cpu: number;
}

/** Waits until workers have begun new rounds, which takes them microseconds, and never long for one that stands still. */
export class QuietPoints {
  /** Milliseconds that a worker may take to begin a round. */
  patienceMs = STARTING_PATIENCE_MS;
  readonly #options: QuietPointsOptions;
  /** Rounds of those that were waited for in vain: nobody waits long again before they begin another one. */
  readonly #standing = new Map<number, bigint>();

  constructor(options: QuietPointsOptions) {
    this.#options = options;
  }

  /** Resolves when each of these workers has begun a round since now. @throws ApiError ETIMEDOUT naming one that has not */
  async pass(workers: readonly Waited[]): Promise<void> {
    await this.#passAt(hurried, workers);
  }

  /** The same for what nobody waits for: it ends no sleep, and takes this thread a look or two. @throws ApiError ETIMEDOUT */
  async passUnhurried(workers: readonly Waited[]): Promise<void> {
    await this.#passAt(unhurried, workers);
  }

  /** Resolves to one of these workers that begins no round within the time, or to undefined. */
  async late<Worker extends Waited>(
    workers: readonly Worker[],
    longestMs = this.patienceMs,
  ): Promise<Worker | undefined> {
    return (await this.#find(hurried, workers, longestMs))?.late;
  }

  async #passAt(pace: Pace, workers: readonly Waited[]): Promise<void> {
    const longestMs = this.patienceMs;
    const found = await this.#find(pace, workers, longestMs);
    if (!found) return;
    const { late, cause } = found;
    throw new ApiError('ETIMEDOUT', {
      doing: 'wait for the workers',
      expected: `each to begin a round within ${longestMs} ms`,
      received: `worker ${late.index} (CPU ${late.cpu}), which stands still ${this.#options.placeOf(late.index)}${cause}`,
    });
  }

  async #find<Worker extends Waited>(
    pace: Pace,
    workers: readonly Worker[],
    longestMs: number,
  ): Promise<{ readonly late: Worker; readonly cause: string } | undefined> {
    const epoch = this.#options.engine.newEpoch();
    if (pace.wakes) for (const { index } of workers) this.#options.wake(index);
    const waited = new WaitedTime();
    let look: Look | undefined;
    for (;;) {
      const late = workers.find(({ index }) => !this.#hasPassed(index, epoch));
      if (!late) return undefined;
      const waitedMs = waited.note(performance.now());
      if (waitedMs > FIRST_LOOK_MS && look?.index !== late.index) look = this.#look(late.index);
      if (waitedMs > (this.#isStanding(late.index) ? SHORT_PATIENCE_MS : longestMs)) {
        this.#standing.set(late.index, this.#options.roundsOf(late.index));
        return { late, cause: look ? this.#causeSince(look) : '' };
      }
      await pace.turn();
    }
  }

  #look(index: number): Look {
    return { index, ms: performance.now(), times: this.#options.timesOf(index) };
  }

  /** What has kept a worker since somebody looked. */
  #causeSince({ index, ms, times }: Look): string {
    const now = this.#look(index);
    return causeOf(standstillOf(now.ms - ms, times, now.times), this.#options.kernelPlaceOf(index));
  }

  #hasPassed(index: number, epoch: number): boolean {
    const seen = this.#options.epochOf(index);
    return seen === NEVER || ((seen - epoch) | 0) >= 0;
  }

  #isStanding(index: number): boolean {
    return this.#standing.get(index) === this.#options.roundsOf(index);
  }
}

export interface QuietPointsOptions {
  readonly engine: Pick<EngineFunctions, 'newEpoch'>;
  /** The epoch that a worker has last passed. */
  epochOf(index: number): number;
  /** Rounds that it has begun. */
  roundsOf(index: number): bigint;
  /** Ends a worker's sleep. */
  wake(index: number): void;
  /** Where it is, in words. */
  placeOf(index: number): string;
  /** What its thread has done and suffered so far. */
  timesOf(index: number): ThreadTimes;
  /** The function of the kernel that its thread sleeps in. */
  kernelPlaceOf(index: number): string | undefined;
}

/** What a worker's thread had done at a moment. */
interface Look {
  readonly index: number;
  readonly ms: number;
  readonly times: ThreadTimes;
}

/** How often somebody looks, and whether a sleep is ended for it. */
interface Pace {
  readonly wakes: boolean;
  turn(): Promise<unknown>;
}

const hurried: Pace = { wakes: true, turn: () => turn() };
/** Longer than workers sleep (LONGEST_WAIT_NS of datapath/loop.ts): the second look mostly is the last. */
const UNHURRIED_MS = 25;
const unhurried: Pace = { wakes: false, turn: () => delay(UNHURRIED_MS) };

/** Long enough for a worker that shares its CPU with others, who may keep it for seconds. */
export const CALL_PATIENCE_MS = 5000;
/** A start that fails takes the router away, and a machine that starts many things at once may be busy for long. */
export const STARTING_PATIENCE_MS = 60_000;
const SHORT_PATIENCE_MS = 50;
/** Most begin their round long before: nobody has to look what they do. */
const FIRST_LOOK_MS = 20;
/** The epoch of a worker that does not run (datapath/worker.ts): it holds nobody back. */
const NEVER = -1;
