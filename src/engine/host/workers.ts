import { Worker } from 'node:worker_threads';
import { ApiError } from '../api-error.ts';
import {
  MAX_PORTS,
  MAX_WORKER_QUEUES,
  MAX_WORKERS,
  TRANSMIT_STRIDE,
  TRANSMIT_UNSENT,
  WORKER_AREAS,
  WORKER_COMMAND,
  WORKER_NEXT_TRACE,
  WORKER_QUEUE_COUNT,
  WORKER_QUEUES,
  WORKER_ROUNDS,
  WORKER_SLEEPING,
  WORKER_STATE,
  WORKER_TRANSMIT,
  WORKER_UNTIL_MEASURED,
} from '../layout.ts';
import type { Datapath, EngineFunctions } from './datapath.ts';
import { wake } from './dpdk.ts';
import { patience } from './patience.ts';
import { CALL_PATIENCE_MS, QuietPoints } from './quiet-points.ts';
import { kernelPlace, threadTimes } from './thread-times.ts';

/** What a worker thread is started with. */
export interface WorkerStart {
  readonly index: number;
  readonly cpu: number;
  readonly datapath: Pick<Datapath, 'module'>;
  readonly memory: WebAssembly.Memory;
  readonly packetDelta: bigint;
  readonly workerStride: number;
}

/** What a worker is told when it is called back from its loop. */
export type WorkerCommand =
  | { readonly kind: 'stop' }
  | { readonly kind: 'pin'; readonly cpu: number }
  | { readonly kind: 'swap'; readonly module: Datapath['module'] };

/** What a worker tells. */
export type WorkerReport =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'ready'; readonly thread: number }
  | { readonly kind: 'pinned'; readonly cpu: number }
  /** It runs another module; for so long it has left its packets alone. */
  | { readonly kind: 'swapped'; readonly pauseMs: number }
  | ({ readonly kind: 'trap' } & TrapReport);

/** What a worker tells of a trap. */
export interface TrapReport {
  /** The stage that had a packet in its hands; absent on the fast way, where the stack tells. */
  readonly stage?: number;
  readonly stack: string;
  /** Packets that were given up. */
  readonly dropped: number;
  readonly reason: string;
}

/** A receive queue of a DPDK port. */
export interface PortQueue {
  readonly port: number;
  readonly queue: number;
}

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

interface Running {
  readonly index: number;
  readonly thread: Worker;
  module: Datapath['module'];
  /** Modules that it was told to go on with, and has not said yet that it does. */
  owed: number;
  threadId: number;
  cpu: number;
  queues: readonly PortQueue[];
}

/** Starts the thread of a worker, which loads what it needs and then waits for `Workers.add`. */
export function startThread(index: number): Worker {
  return new Worker(new URL('./worker-thread.ts', import.meta.url), { name: `worker-${index}` });
}

/** The datapath's worker threads: one for each datapath CPU, each polling its own receive queues. */
export class Workers {
  #options: Omit<WorkerStart, 'index' | 'cpu'>;
  readonly #listener: WorkerListener;
  readonly #placeOf: (area: number) => string;
  readonly #tidy: (index: number) => void;
  readonly #quiet: QuietPoints;
  readonly #view: DataView;
  readonly #words: Int32Array;
  readonly #running: Running[] = [];
  /** Threads that have been started for workers to come. */
  readonly #spare: Worker[];

  constructor(
    options: Omit<WorkerStart, 'index' | 'cpu'> & {
      readonly engine: EngineFunctions;
      readonly listener: WorkerListener;
      /** Says where the worker with this area is. */
      readonly placeOf: (area: number) => string;
      /** Gives back what a worker that was ended by force had in its hands. */
      readonly tidy: (index: number) => void;
      readonly threads: readonly Worker[];
    },
  ) {
    const { engine, listener, placeOf, tidy, threads, ...start } = options;
    this.#spare = [...threads];
    this.#options = start;
    this.#listener = listener;
    this.#placeOf = placeOf;
    this.#tidy = tidy;
    this.#view = new DataView(start.memory.buffer);
    this.#words = new Int32Array(start.memory.buffer);
    this.#quiet = new QuietPoints({
      engine,
      epochOf: (index) => Atomics.load(this.#words, this.#area(index) >> 2),
      roundsOf: (index) => this.#view.getBigUint64(this.#area(index) + WORKER_ROUNDS, true),
      wake: (index) => this.wake(index),
      placeOf: (index) => this.placeOf(index),
      timesOf: (index) => threadTimes(this.threadOf(index)),
      kernelPlaceOf: (index) => kernelPlace(this.threadOf(index)),
    });
    for (let index = 0; index < MAX_WORKERS; index++) this.#markEnded(index);
  }

  /** The running workers, by index. */
  get list(): readonly WorkerView[] {
    return this.#running.map(({ index, cpu, threadId, queues }) => ({ index, cpu, threadId, queues }));
  }

  /** The kernel's id of a worker's thread. */
  threadOf(index: number): number {
    return this.#find(index).threadId;
  }

  /** Ends a worker's sleep, if it sleeps. To be called after what it is to see was stored atomically. */
  wake(index: number): void {
    if (Atomics.load(this.#words, (this.#area(index) + WORKER_STATE) >> 2) !== WORKER_SLEEPING) return;
    const thread = this.#running.find((worker) => worker.index === index)?.threadId;
    if (thread) wake(thread);
  }

  /** Says in words where a worker is now: in which stage, if it stands in one. */
  placeOf(index: number): string {
    return this.#placeOf(this.#area(index));
  }

  /** Starts one more worker on a CPU. @throws Error when its thread cannot start there */
  async add(cpu: number): Promise<WorkerView> {
    const index = this.#freeIndex();
    this.#prepareArea(index);
    const thread = this.#spare.shift() ?? startThread(index);
    const { module } = this.#options.datapath;
    const worker: Running = { index, thread, module, owed: 0, threadId: 0, cpu, queues: [] };
    const { answer } = this.#report(worker, 'ready');
    thread.postMessage({ ...this.#options, index, cpu } satisfies WorkerStart);
    const ready = await answer;
    worker.threadId = ready.thread;
    thread.on('message', (report: WorkerReport) => this.#note(worker, report));
    thread.on('error', (error) => this.#listener.died(worker, error));
    this.#running.push(worker);
    this.#running.sort((a, b) => a.index - b.index);
    await this.#bringUpToDate(worker);
    return worker;
  }

  /**
   * Ends a worker, in order or else by force; when it returns, nobody polls its queues.
   *
   * @throws ApiError ETIMEDOUT when its thread cannot be ended, because it never comes back from C
   */
  async remove(index: number): Promise<void> {
    const worker = this.#find(index);
    const stopped = await this.#ask(worker, { kind: 'stop' }, 'stopped').catch(() => undefined);
    if (!stopped) await this.#endByForce(worker);
    this.#forget(worker);
    if (stopped) await worker.thread.terminate();
  }

  /** Ends workers that stand still, so that nobody has to wait for them. @throws ApiError ETIMEDOUT */
  async endStanding(): Promise<void> {
    const late = await this.#quiet.late(this.#running, LAST_PATIENCE_MS);
    if (!late) return;
    await this.#endByForce(late);
    this.#forget(late);
    await this.endStanding();
  }

  /** Moves a worker to another CPU. @throws ApiError ETIMEDOUT when it does not answer; it moves when it does */
  async pin(index: number, cpu: number): Promise<void> {
    await this.#ask(this.#find(index), { kind: 'pin', cpu }, 'pinned');
  }

  /**
   * Lets all workers go on with another module, each between two bursts of its own, and those that come later.
   *
   * @returns for how many milliseconds each has left its packets alone
   * @throws Error when one does not answer
   */
  async swap(module: Datapath['module']): Promise<readonly number[]> {
    this.#options = { ...this.#options, datapath: { module } };
    return await Promise.all(this.#running.map((worker) => this.#bringUpToDate(worker)));
  }

  /** Whether all workers run the module that they were told to. */
  get areCurrent(): boolean {
    return this.#running.every(({ owed }) => owed === 0);
  }

  /**
   * Gives a worker its receive queues; when it returns, the worker touches no others.
   *
   * @throws ApiError ETIMEDOUT when it stands still; it has the queues that it had
   */
  async setQueues(index: number, queues: readonly PortQueue[]): Promise<void> {
    if (queues.length > MAX_WORKER_QUEUES) {
      throw new RangeError(`queues of a worker: expected at most ${MAX_WORKER_QUEUES}, got ${queues.length}`);
    }
    const worker = this.#find(index);
    const area = this.#area(index);
    this.#view.setUint32(area + WORKER_QUEUE_COUNT, 0, true);
    try {
      await this.#quiet.pass([worker]);
    } catch (error) {
      this.#view.setUint32(area + WORKER_QUEUE_COUNT, worker.queues.length, true);
      throw error;
    }
    for (const [i, { port, queue }] of queues.entries()) {
      this.#view.setUint16(area + WORKER_QUEUES + i * 4, port, true);
      this.#view.setUint16(area + WORKER_QUEUES + i * 4 + 2, queue, true);
    }
    Atomics.store(this.#words, (area + WORKER_QUEUE_COUNT) >> 2, queues.length);
    this.wake(index);
    worker.queues = queues;
  }

  /** Chooses the transmit queue of a port that a worker uses. */
  setTransmitQueue(index: number, port: number, queue: number): void {
    if (port >= MAX_PORTS) throw new RangeError(`port: expected less than ${MAX_PORTS}, got ${port}`);
    this.#view.setUint32(this.#area(index) + WORKER_TRANSMIT + port * TRANSMIT_STRIDE + 4, queue, true);
  }

  /** Packets that a port's ring had no room for, over all workers. */
  unsent(port: number): bigint {
    const records = Array.from(
      { length: MAX_WORKERS },
      (_, index) => this.#area(index) + WORKER_TRANSMIT + port * TRANSMIT_STRIDE,
    );
    return records.reduce((sum, record) => sum + this.#view.getBigUint64(record + TRANSMIT_UNSENT, true), 0n);
  }

  /** Says that the start is over: from now on calls do not wait long for a worker that stands still. */
  noteReady(): void {
    this.#quiet.patienceMs = CALL_PATIENCE_MS;
  }

  /** Waits until every worker has begun a new round: none sees what was unlinked before. @throws ApiError ETIMEDOUT */
  async quiet(): Promise<void> {
    await this.#quiet.pass(this.#running);
  }

  /** Ends all workers. */
  async close(): Promise<void> {
    for (const { index } of this.list) await this.remove(index);
  }

  async #bringUpToDate(worker: Running): Promise<number> {
    const { module } = this.#options.datapath;
    if (worker.module === module) return 0;
    worker.module = module;
    worker.owed++;
    const { pauseMs } = await this.#ask(worker, { kind: 'swap', module }, 'swapped');
    return pauseMs;
  }

  /** Calls a worker back from its loop, and waits for its answer. @throws ApiError ETIMEDOUT when none comes */
  async #ask<Kind extends WorkerReport['kind']>(
    worker: Running,
    command: WorkerCommand,
    kind: Kind,
  ): Promise<Extract<WorkerReport, { kind: Kind }>> {
    const { answer, forget } = this.#report(worker, kind);
    this.#tell(worker, command);
    const report = await Promise.race([answer, patience(LONGEST_ANSWER_MS)]);
    if (report) return report;
    forget();
    throw this.#silent(`${command.kind} worker ${worker.index}`, worker);
  }

  /** Ends a thread wherever it is in WebAssembly; what it held is given back for it. */
  async #endByForce(worker: Running): Promise<void> {
    this.#listener.forced(worker);
    const ended = worker.thread.terminate().then(() => true);
    if (!(await Promise.race([ended, patience(LONGEST_ANSWER_MS)])))
      throw this.#silent(`end worker ${worker.index} by force`, worker);
    this.#tidy(worker.index);
    this.#markEnded(worker.index);
  }

  #silent(doing: string, { index, cpu }: Running): ApiError {
    return new ApiError('ETIMEDOUT', {
      doing,
      expected: `its answer within ${LONGEST_ANSWER_MS} ms`,
      received: `none: it stands still ${this.placeOf(index)} (CPU ${cpu})`,
    });
  }

  #forget(worker: Running): void {
    this.#running.splice(this.#running.indexOf(worker), 1);
    this.#listener.swapped();
  }

  /** A worker that does not run holds nobody back. */
  #markEnded(index: number): void {
    Atomics.store(this.#words, this.#area(index) >> 2, -1);
  }

  #area(index: number): number {
    return WORKER_AREAS + index * this.#options.workerStride;
  }

  #prepareArea(index: number): void {
    const area = this.#area(index);
    this.#view.setUint32(area + WORKER_QUEUE_COUNT, 0, true);
    this.#view.setUint32(area + WORKER_COMMAND, 0, true);
    this.#view.setUint32(area + WORKER_NEXT_TRACE, (index << 24) >>> 0, true);
    this.#view.setUint32(area + WORKER_UNTIL_MEASURED, WARM_UP_BURSTS, true);
  }

  #freeIndex(): number {
    const used = new Set(this.#running.map((worker) => worker.index));
    for (let index = 0; index < MAX_WORKERS; index++) if (!used.has(index)) return index;
    throw new RangeError(`workers: expected at most ${MAX_WORKERS}`);
  }

  #find(index: number): Running {
    const worker = this.#running.find((candidate) => candidate.index === index);
    if (!worker)
      throw new RangeError(`worker: expected one of ${this.list.map((w) => w.index)}, got ${index}`);
    return worker;
  }

  #tell(worker: Running, command: WorkerCommand): void {
    worker.thread.postMessage(command);
    Atomics.store(this.#words, (this.#area(worker.index) + WORKER_COMMAND) >> 2, 1);
    this.wake(worker.index);
  }

  /** Waits for a report of one kind, until it is forgotten. */
  #report<Kind extends WorkerReport['kind']>(
    worker: Running,
    kind: Kind,
  ): { readonly answer: Promise<Extract<WorkerReport, { kind: Kind }>>; readonly forget: () => void } {
    const { promise, resolve, reject } = Promise.withResolvers<Extract<WorkerReport, { kind: Kind }>>();
    const forget = () => {
      worker.thread.off('message', onMessage);
      worker.thread.off('error', onError);
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
    worker.thread.on('message', onMessage);
    worker.thread.on('error', onError);
    return { answer: promise, forget };
  }

  #note(worker: Running, report: WorkerReport): void {
    if (report.kind === 'trap') this.#listener.trapped(worker, report);
    if (report.kind === 'pinned') worker.cpu = report.cpu;
    if (report.kind !== 'swapped') return;
    worker.owed--;
    this.#listener.swapped();
  }
}

function isReport<Kind extends WorkerReport['kind']>(
  report: WorkerReport,
  kind: Kind,
): report is Extract<WorkerReport, { kind: Kind }> {
  return report.kind === kind;
}

/** Its first bursts find everything cold: what they cost says nothing of those that follow. */
const WARM_UP_BURSTS = 1024;
/** A worker answers between two bursts or after the longest sleep, and later where others use its CPU. */
const LONGEST_ANSWER_MS = 5000;
/** Whoever ends the router waits for nobody long. */
const LAST_PATIENCE_MS = 1000;
