import { type Standstill, standstillOf } from '../standstill.ts';
import type { ThreadTimes } from '../thread-times.ts';
import type { TelemetrySource } from './source.ts';
import { readWorkerState } from './worker-state.ts';

/** A worker that is watched. */
export interface WatchedWorker {
  readonly index: number;
  readonly cpu: number;
}

/** Who is told of workers that stand still. */
export interface WorkerWatchListener {
  stuck(worker: WatchedWorker, standstill: Standstill): void;
  moving(worker: WatchedWorker): void;
  /** One that stood still runs no more. */
  gone(index: number): void;
}

/** Finds workers that pass no quiet point any more: nothing that was retired could ever be used again. */
export class WorkerWatch {
  readonly #source: TelemetrySource;
  readonly #workers: () => readonly WatchedWorker[];
  readonly #listener: WorkerWatchListener;
  readonly #longestMs: number;
  readonly #timesOf: (worker: WatchedWorker) => ThreadTimes;
  readonly #progress = new Map<number, Progress>();
  readonly #stuck = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #lookedMs = 0;

  constructor(options: {
    readonly source: TelemetrySource;
    readonly workers: () => readonly WatchedWorker[];
    readonly listener: WorkerWatchListener;
    /** What a worker's thread has done and suffered so far. */
    readonly timesOf: (worker: WatchedWorker) => ThreadTimes;
    /** A round takes microseconds, a sleep at most a fraction of a millisecond. */
    readonly longestMs?: number;
  }) {
    this.#source = options.source;
    this.#workers = options.workers;
    this.#listener = options.listener;
    this.#timesOf = options.timesOf;
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
    if (nowMs - this.#lookedMs > this.#longestMs) this.#startAnew(nowMs);
    this.#lookedMs = nowMs;
    for (const worker of workers) this.#checkWorker(worker, nowMs);
    const running = new Set(workers.map((worker) => worker.index));
    for (const index of [...this.#progress.keys()].filter((each) => !running.has(each))) this.#forget(index);
  }

  #checkWorker(worker: WatchedWorker, nowMs: number): void {
    const { rounds } = readWorkerState(this.#source, worker.index);
    const before = this.#progress.get(worker.index);
    if (!before || before.rounds !== rounds) {
      this.#progress.set(worker.index, { rounds, since: nowMs, times: this.#timesOf(worker) });
      if (this.#stuck.delete(worker.index)) this.#listener.moving(worker);
      return;
    }
    const ms = nowMs - before.since;
    if (ms < this.#longestMs || this.#stuck.has(worker.index)) return;
    this.#stuck.add(worker.index);
    this.#listener.stuck(worker, standstillOf(ms, before.times, this.#timesOf(worker)));
  }

  /** Nobody has looked for so long that the whole process may have stood still: the workers get their time again. */
  #startAnew(nowMs: number): void {
    for (const [index, before] of this.#progress) this.#progress.set(index, { ...before, since: nowMs });
  }

  #forget(index: number): void {
    this.#progress.delete(index);
    if (this.#stuck.delete(index)) this.#listener.gone(index);
  }
}

interface Progress {
  readonly rounds: bigint;
  readonly since: number;
  readonly times: ThreadTimes;
}
