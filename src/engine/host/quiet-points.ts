import { setImmediate as turn } from 'node:timers/promises';
import { ApiError } from '../api-error.ts';
import type { EngineFunctions } from './datapath.ts';

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
  async pass(workers: readonly Waited[], longestMs = this.patienceMs): Promise<void> {
    const late = await this.late(workers, longestMs);
    if (!late) return;
    throw new ApiError('ETIMEDOUT', {
      doing: 'wait for the workers',
      expected: `each to begin a round within ${longestMs} ms`,
      received: `worker ${late.index} (CPU ${late.cpu}), which stands still ${this.#options.placeOf(late.index)}`,
    });
  }

  /** Resolves to one of these workers that begins no round within the time, or to undefined. */
  async late<Worker extends Waited>(
    workers: readonly Worker[],
    longestMs = this.patienceMs,
  ): Promise<Worker | undefined> {
    const epoch = this.#options.engine.newEpoch();
    for (const { index } of workers) this.#options.wake(index);
    const startedMs = performance.now();
    for (;;) {
      const late = workers.find(({ index }) => !this.#hasPassed(index, epoch));
      if (!late) return undefined;
      const patienceMs = this.#isStanding(late.index) ? SHORT_PATIENCE_MS : longestMs;
      if (performance.now() > startedMs + patienceMs) {
        this.#standing.set(late.index, this.#options.roundsOf(late.index));
        return late;
      }
      await turn();
    }
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
}

/** Long enough for a worker that shares its CPU with others, who may keep it for seconds. */
export const CALL_PATIENCE_MS = 5000;
/** A start that fails takes the router away, and a machine that starts many things at once may be busy for long. */
export const STARTING_PATIENCE_MS = 60_000;
const SHORT_PATIENCE_MS = 50;
/** The epoch of a worker that does not run (datapath/worker.ts): it holds nobody back. */
const NEVER = -1;
