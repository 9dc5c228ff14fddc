import type { TelemetrySource } from './source.ts';
import { readWorkerState } from './worker-state.ts';

/** A worker that is watched. */
export interface WatchedWorker {
  readonly index: number;
  readonly cpu: number;
}

/** Who is told of workers that stand still. */
export interface WorkerWatchListener {
  stuck(worker: WatchedWorker, ms: number): void;
  moving(worker: WatchedWorker): void;
}

/** Finds workers that pass no quiet point any more: nothing that was retired could ever be used again. */
export class WorkerWatch {
  readonly #source: TelemetrySource;
  readonly #workers: () => readonly WatchedWorker[];
  readonly #listener: WorkerWatchListener;
  readonly #longestMs: number;
  readonly #progress = new Map<number, { readonly rounds: bigint; readonly since: number }>();
  readonly #stuck = new Set<number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    readonly source: TelemetrySource;
    readonly workers: () => readonly WatchedWorker[];
    readonly listener: WorkerWatchListener;
    /** A round takes microseconds, a sleep at most a fraction of a millisecond. */
    readonly longestMs?: number;
  }) {
    this.#source = options.source;
    this.#workers = options.workers;
    this.#listener = options.listener;
    this.#longestMs = options.longestMs ?? 1000;
  }

  /** Begins to look several times in the longest time that a worker may stand still. */
  start(): void {
    this.#timer = setInterval(() => this.check(performance.now()), this.#longestMs / 4).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Workers that stand still, as of the last look. */
  get stuck(): readonly WatchedWorker[] {
    return this.#workers().filter((worker) => this.#stuck.has(worker.index));
  }

  /** Looks at all workers. */
  check(nowMs: number): void {
    const workers = this.#workers();
    for (const worker of workers) this.#checkWorker(worker, nowMs);
    const running = new Set(workers.map((worker) => worker.index));
    for (const index of [...this.#progress.keys()].filter((each) => !running.has(each))) this.#forget(index);
  }

  #checkWorker(worker: WatchedWorker, nowMs: number): void {
    const { rounds } = readWorkerState(this.#source, worker.index);
    const before = this.#progress.get(worker.index);
    if (!before || before.rounds !== rounds) {
      this.#progress.set(worker.index, { rounds, since: nowMs });
      if (this.#stuck.delete(worker.index)) this.#listener.moving(worker);
      return;
    }
    const ms = nowMs - before.since;
    if (ms < this.#longestMs || this.#stuck.has(worker.index)) return;
    this.#stuck.add(worker.index);
    this.#listener.stuck(worker, Math.round(ms));
  }

  #forget(index: number): void {
    this.#progress.delete(index);
    this.#stuck.delete(index);
  }
}
