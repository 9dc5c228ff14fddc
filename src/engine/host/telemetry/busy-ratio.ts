import { ROUTER_PREFIX } from './metrics.ts';
import type { MetricFamily } from './openmetrics.ts';
import type { TelemetrySource } from './source.ts';
import { readWorkerState } from './worker-state.ts';
import type { WatchedWorker } from './worker-watch.ts';

/** Tells which part of each worker's rounds has found packets, second by second. */
export class BusyRatios {
  readonly #source: TelemetrySource;
  readonly #workers: () => readonly WatchedWorker[];
  readonly #before = new Map<number, { readonly rounds: bigint; readonly busy: bigint }>();
  readonly #ratios = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(source: TelemetrySource, workers: () => readonly WatchedWorker[]) {
    this.#source = source;
    this.#workers = workers;
  }

  /** Begins to look once a second. */
  start(): void {
    this.#timer ??= setInterval(() => this.look(), 1000).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Compares the workers' counters with those of the last look. */
  look(): void {
    for (const { index } of this.#workers()) {
      const { rounds, busyRounds: busy } = readWorkerState(this.#source, index);
      const before = this.#before.get(index) ?? { rounds: 0n, busy: 0n };
      const passed = Number(rounds - before.rounds);
      this.#ratios.set(index, passed > 0 ? Number(busy - before.busy) / passed : 0);
      this.#before.set(index, { rounds, busy });
    }
  }

  /** Gives the ratios of the last second. */
  metric(): MetricFamily {
    return {
      name: `${ROUTER_PREFIX}worker_busy_ratio`,
      type: 'gauge',
      unit: 'ratio',
      help: 'Part of the rounds of the last second that found packets.',
      samples: this.#workers().map(({ index, cpu }) => ({
        labels: { worker: index, cpu },
        value: this.#ratios.get(index) ?? 0,
      })),
    };
  }
}
