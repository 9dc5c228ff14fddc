import { Worker } from 'node:worker_threads';
import { ApiError } from '../api-error.ts';
import type { Datapath } from './datapath.ts';
import { wake } from './dpdk.ts';
import { patience } from './patience.ts';
import type { PortQueue, WorkerAreas } from './worker-areas.ts';
import {
  isReport,
  type ReportOf,
  type TrapReport,
  type WorkerCommand,
  type WorkerReport,
  type WorkerStart,
} from './worker-messages.ts';

/** A worker as others see it. */
export interface WorkerView {
  readonly index: number;
  readonly cpu: number;
  /** The kernel's id of its thread. */
  readonly threadId: number;
  readonly queues: readonly PortQueue[];
}

/** What happened on a worker, for the log. */
export interface WorkerListener {
  /** It did not end when it was told to, and was ended by force. */
  forced(worker: WorkerView): void;
  trapped(worker: WorkerView, trap: TrapReport): void;
  /** It runs the module that it was told to, or is gone: `Workers.areCurrent` may have changed. */
  swapped(): void;
  died(worker: WorkerView, error: unknown): void;
}

/** What a worker is started for. */
export interface WorkerPlace {
  readonly index: number;
  readonly cpu: number;
  readonly areas: WorkerAreas;
  readonly listener: WorkerListener;
  /** Says in words where the worker with this index is now. */
  readonly placeOf: (index: number) => string;
}

/** Starts the thread of a worker, which loads what it needs and then waits for `WorkerHandle.start`. */
export function startThread(index: number): Worker {
  return new Worker(new URL('./worker-thread.ts', import.meta.url), { name: `worker-${index}` });
}

/** One worker in the hands of the control thread: what it is told, and what it answers. */
export class WorkerHandle implements WorkerView {
  queues: readonly PortQueue[] = [];
  readonly #place: WorkerPlace;
  readonly #thread: Worker;
  #cpu: number;
  #threadId = 0;
  #module: Datapath['module'] | undefined;
  /** Modules that it was told to go on with, and has not said yet that it does. */
  #owed = 0;

  constructor(place: WorkerPlace, thread: Worker) {
    this.#place = place;
    this.#thread = thread;
    this.#cpu = place.cpu;
  }

  get index(): number {
    return this.#place.index;
  }

  get cpu(): number {
    return this.#cpu;
  }

  get threadId(): number {
    return this.#threadId;
  }

  /** Whether it runs the module that it was told to. */
  get isCurrent(): boolean {
    return this.#owed === 0;
  }

  /** Lets the thread begin; it polls nothing yet. @throws Error when it cannot start on its CPU */
  async start(options: Omit<WorkerStart, 'index' | 'cpu'>): Promise<void> {
    const { index, cpu, areas, listener } = this.#place;
    areas.prepare(index);
    this.#module = options.datapath.module;
    const { answer } = this.#report('ready');
    this.#thread.postMessage({ ...options, index, cpu } satisfies WorkerStart);
    this.#threadId = (await answer).thread;
    this.#thread.on('message', (report: WorkerReport) => this.#note(report));
    this.#thread.on('error', (error) => listener.died(this, error));
  }

  /** Ends its sleep, if it sleeps. To be called after what it is to see was stored atomically. */
  wake(): void {
    if (this.#place.areas.isSleeping(this.index)) wake(this.#threadId);
  }

  /** Moves it to another CPU. @throws ApiError ETIMEDOUT when it does not answer; it moves when it does */
  async pin(cpu: number): Promise<void> {
    await this.#ask({ kind: 'pin', cpu }, 'pinned');
  }

  /**
   * Lets it go on with a module, if it runs another one.
   *
   * @returns for how many milliseconds it has left its packets alone
   * @throws ApiError ETIMEDOUT when it does not answer
   */
  async run(module: Datapath['module']): Promise<number> {
    if (this.#module === module) return 0;
    this.#module = module;
    this.#owed++;
    const { pauseMs } = await this.#ask({ kind: 'swap', module }, 'swapped');
    return pauseMs;
  }

  /** Lets it end its loop; false when it does not answer. */
  async stop(): Promise<boolean> {
    const stopped = await this.#ask({ kind: 'stop' }, 'stopped').catch(() => undefined);
    return stopped !== undefined;
  }

  /** Gives back the thread of a worker that has stopped. */
  async release(): Promise<void> {
    await this.#thread.terminate();
  }

  /** Ends its thread wherever that is in WebAssembly. @throws ApiError ETIMEDOUT when it never comes back from C */
  async force(): Promise<void> {
    this.#place.listener.forced(this);
    const ended = this.#thread.terminate().then(() => true);
    if (await Promise.race([ended, patience(LONGEST_ANSWER_MS)])) return;
    throw this.#silent(`end worker ${this.index} by force`);
  }

  /** Calls it back from its loop, and waits for its answer. @throws ApiError ETIMEDOUT when none comes */
  async #ask<Kind extends WorkerReport['kind']>(command: WorkerCommand, kind: Kind): Promise<ReportOf<Kind>> {
    const { answer, forget } = this.#report(kind);
    this.#thread.postMessage(command);
    this.#place.areas.callBack(this.index);
    this.wake();
    const report = await Promise.race([answer, patience(LONGEST_ANSWER_MS)]);
    if (report) return report;
    forget();
    throw this.#silent(`${command.kind} worker ${this.index}`);
  }

  #silent(doing: string): ApiError {
    const { index, placeOf } = this.#place;
    return new ApiError('ETIMEDOUT', {
      doing,
      expected: `its answer within ${LONGEST_ANSWER_MS} ms`,
      received: `none: it stands still ${placeOf(index)} (CPU ${this.#cpu})`,
    });
  }

  /** Waits for a report of one kind, until it is forgotten. */
  #report<Kind extends WorkerReport['kind']>(
    kind: Kind,
  ): { readonly answer: Promise<ReportOf<Kind>>; readonly forget: () => void } {
    const { promise, resolve, reject } = Promise.withResolvers<ReportOf<Kind>>();
    const forget = () => {
      this.#thread.off('message', onMessage);
      this.#thread.off('error', onError);
    };
    const onMessage = (report: WorkerReport) => {
      if (!isReport(report, kind)) return;
      forget();
      resolve(report);
    };
    const onError = (error: unknown) => {
      forget();
      reject(error);
    };
    this.#thread.on('message', onMessage);
    this.#thread.on('error', onError);
    return { answer: promise, forget };
  }

  #note(report: WorkerReport): void {
    const { listener } = this.#place;
    if (report.kind === 'trap') listener.trapped(this, report);
    if (report.kind === 'pinned') this.#cpu = report.cpu;
    if (report.kind !== 'swapped') return;
    this.#owed--;
    listener.swapped();
  }
}

/** A worker answers between two bursts or after the longest sleep, and later where others use its CPU. */
const LONGEST_ANSWER_MS = 5000;
