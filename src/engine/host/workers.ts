import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
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
  WORKER_TRANSMIT,
} from '../layout.ts';
import type { Datapath, EngineFunctions } from './datapath.ts';

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
  trapped(worker: WorkerView, trap: TrapReport): void;
  died(worker: WorkerView, error: unknown): void;
}

interface Running {
  readonly index: number;
  readonly thread: Worker;
  module: Datapath['module'];
  threadId: number;
  cpu: number;
  queues: readonly PortQueue[];
}

/** The datapath's worker threads: one for each datapath CPU, each polling its own receive queues. */
export class Workers {
  #options: Omit<WorkerStart, 'index' | 'cpu'>;
  readonly #engine: EngineFunctions;
  readonly #listener: WorkerListener;
  readonly #view: DataView;
  readonly #words: Int32Array;
  readonly #running: Running[] = [];

  constructor(
    options: Omit<WorkerStart, 'index' | 'cpu'> & {
      readonly engine: EngineFunctions;
      readonly listener: WorkerListener;
    },
  ) {
    const { engine, listener, ...start } = options;
    this.#options = start;
    this.#engine = engine;
    this.#listener = listener;
    this.#view = new DataView(start.memory.buffer);
    this.#words = new Int32Array(start.memory.buffer);
    for (let index = 0; index < MAX_WORKERS; index++) Atomics.store(this.#words, this.#area(index) >> 2, -1);
  }

  /** The running workers, by index. */
  get list(): readonly WorkerView[] {
    return this.#running.map(({ index, cpu, threadId, queues }) => ({ index, cpu, threadId, queues }));
  }

  /** Starts one more worker on a CPU. @throws Error when its thread cannot start there */
  async add(cpu: number): Promise<WorkerView> {
    const index = this.#freeIndex();
    this.#prepareArea(index);
    const thread = new Worker(new URL('./worker-thread.ts', import.meta.url), {
      workerData: { ...this.#options, index, cpu } satisfies WorkerStart,
      name: `worker-${index}`,
    });
    const { module } = this.#options.datapath;
    const worker: Running = { index, thread, module, threadId: 0, cpu, queues: [] };
    const ready = await this.#report(worker, 'ready');
    worker.threadId = ready.thread;
    thread.on('message', (report: WorkerReport) => this.#note(worker, report));
    thread.on('error', (error) => this.#listener.died(worker, error));
    this.#running.push(worker);
    this.#running.sort((a, b) => a.index - b.index);
    await this.#bringUpToDate(worker);
    return worker;
  }

  /** Ends a worker; its queues must have been taken by others before. */
  async remove(index: number): Promise<void> {
    const worker = this.#find(index);
    const stopped = this.#report(worker, 'stopped');
    this.#tell(worker, { kind: 'stop' });
    await stopped;
    this.#running.splice(this.#running.indexOf(worker), 1);
    await worker.thread.terminate();
  }

  /** Moves a worker to another CPU. */
  async pin(index: number, cpu: number): Promise<void> {
    const worker = this.#find(index);
    const pinned = this.#report(worker, 'pinned');
    this.#tell(worker, { kind: 'pin', cpu });
    await pinned;
    worker.cpu = cpu;
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

  /** Gives a worker its receive queues; when it returns, the worker touches no others. */
  async setQueues(index: number, queues: readonly PortQueue[]): Promise<void> {
    if (queues.length > MAX_WORKER_QUEUES) {
      throw new RangeError(`queues of a worker: expected at most ${MAX_WORKER_QUEUES}, got ${queues.length}`);
    }
    const worker = this.#find(index);
    const area = this.#area(index);
    this.#view.setUint32(area + WORKER_QUEUE_COUNT, 0, true);
    await this.quiet();
    for (const [i, { port, queue }] of queues.entries()) {
      this.#view.setUint16(area + WORKER_QUEUES + i * 4, port, true);
      this.#view.setUint16(area + WORKER_QUEUES + i * 4 + 2, queue, true);
    }
    this.#view.setUint32(area + WORKER_QUEUE_COUNT, queues.length, true);
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

  /** Waits until every worker has begun a new round: none sees what was unlinked before. @throws Error when one is stuck */
  async quiet(): Promise<void> {
    const epoch = this.#engine.newEpoch();
    const patience = performance.now() + LONGEST_QUIET_MS;
    while (!this.#engine.epochPassed(epoch)) {
      if (performance.now() > patience)
        throw new Error(`a worker has not finished its round in ${LONGEST_QUIET_MS} ms`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Ends all workers. */
  async close(): Promise<void> {
    for (const { index } of this.list) await this.remove(index);
  }

  async #bringUpToDate(worker: Running): Promise<number> {
    const { module } = this.#options.datapath;
    if (worker.module === module) return 0;
    worker.module = module;
    const swapped = this.#report(worker, 'swapped');
    this.#tell(worker, { kind: 'swap', module });
    const report = await Promise.race([swapped, delay(LONGEST_SWAP_MS, undefined, { ref: false })]);
    if (!report) throw new Error(`worker ${worker.index} has not answered in ${LONGEST_SWAP_MS} ms`);
    return report.pauseMs;
  }

  #area(index: number): number {
    return WORKER_AREAS + index * this.#options.workerStride;
  }

  #prepareArea(index: number): void {
    const area = this.#area(index);
    this.#view.setUint32(area + WORKER_QUEUE_COUNT, 0, true);
    this.#view.setUint32(area + WORKER_COMMAND, 0, true);
    this.#view.setUint32(area + WORKER_NEXT_TRACE, (index << 24) >>> 0, true);
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
  }

  /** Waits for a report of one kind. */
  #report<Kind extends WorkerReport['kind']>(
    worker: Running,
    kind: Kind,
  ): Promise<Extract<WorkerReport, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      const done = (settle: () => void) => {
        worker.thread.off('message', onMessage);
        worker.thread.off('error', onError);
        settle();
      };
      const onMessage = (report: WorkerReport) => {
        if (isReport(report, kind)) done(() => resolve(report));
      };
      const onError = (error: unknown) => done(() => reject(error));
      worker.thread.on('message', onMessage);
      worker.thread.on('error', onError);
    });
  }

  #note(worker: Running, report: WorkerReport): void {
    if (report.kind === 'trap') this.#listener.trapped(worker, report);
  }
}

function isReport<Kind extends WorkerReport['kind']>(
  report: WorkerReport,
  kind: Kind,
): report is Extract<WorkerReport, { kind: Kind }> {
  return report.kind === kind;
}

/** A worker answers between two bursts, or after the longest sleep. */
const LONGEST_SWAP_MS = 2000;
const LONGEST_QUIET_MS = 2000;
