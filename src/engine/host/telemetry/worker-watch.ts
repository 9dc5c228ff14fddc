import type { TelemetrySource } from './source.ts';
import { readWorkerState } from './worker-state.ts';

/** A worker that is watched. */
export interface WatchedWorker {
  readonly index: number;
  readonly cpu: number;
}

/** For how long a worker has stood still, and what part of that it was ready and waited for its CPU. */
export interface Standstill {
  readonly ms: number;
  readonly withoutCpuMs: number;
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
  readonly #waitedMs: (worker: WatchedWorker) => number;
  readonly #progress = new Map<number, Progress>();
  readonly #stuck = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #lookedMs = 0;

  constructor(options: {
    readonly source: TelemetrySource;
    readonly workers: () => readonly WatchedWorker[];
    readonly listener: WorkerWatchListener;
    /** How long a worker's thread has waited for a CPU in all, in milliseconds. */
    readonly waitedMs: (worker: WatchedWorker) => number;
    /** A round takes microseconds, a sleep at most a fraction of a millisecond. */
    readonly longestMs?: number;
  }) {
    this.#source = options.source;
    this.#workers = options.workers;
    this.#listener = options.listener;
    this.#waitedMs = options.waitedMs;
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
      this.#progress.set(worker.index, { rounds, since: nowMs, waitedMs: this.#waitedMs(worker) });
      if (this.#stuck.delete(worker.index)) this.#listener.moving(worker);
      return;
    }
    const ms = nowMs - before.since;
    if (ms < this.#longestMs || this.#stuck.has(worker.index)) return;
    this.#stuck.add(worker.index);
    const withoutCpuMs = Math.round(this.#waitedMs(worker) - before.waitedMs);
    this.#listener.stuck(worker, { ms: Math.round(ms), withoutCpuMs });
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
  readonly waitedMs: number;
}
