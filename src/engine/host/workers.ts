import type { Worker } from 'node:worker_threads';
import { MAX_WORKER_QUEUES, MAX_WORKERS } from '../layout.ts';
import type { Datapath, EngineFunctions } from './datapath.ts';
import { CALL_PATIENCE_MS, QuietPoints } from './quiet-points.ts';
import { kernelPlace, threadTimes } from './thread-times.ts';
import { type PortQueue, WorkerAreas } from './worker-areas.ts';
import { startThread, WorkerHandle, type WorkerListener, type WorkerView } from './worker-handle.ts';
import type { WorkerStart } from './worker-messages.ts';

/** The datapath's worker threads: one for each datapath CPU, each polling its own receive queues. */
export class Workers {
  #options: Omit<WorkerStart, 'index' | 'cpu'>;
  readonly #listener: WorkerListener;
  readonly #placeOf: (area: number) => string;
  readonly #tidy: (index: number) => void;
  readonly #quiet: QuietPoints;
  readonly #areas: WorkerAreas;
  readonly #running: WorkerHandle[] = [];
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
    this.#areas = new WorkerAreas(start.memory, start.workerStride);
    this.#quiet = new QuietPoints({
      engine,
      epochOf: (index) => this.#areas.epochOf(index),
      roundsOf: (index) => this.#areas.roundsOf(index),
      wake: (index) => this.wake(index),
      placeOf: (index) => this.placeOf(index),
      timesOf: (index) => threadTimes(this.threadOf(index)),
      kernelPlaceOf: (index) => kernelPlace(this.threadOf(index)),
    });
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
    this.#running.find((worker) => worker.index === index)?.wake();
  }

  /** Says in words where a worker is now: in which stage, if it stands in one. */
  placeOf(index: number): string {
    return this.#placeOf(this.#areas.at(index));
  }

  /** Starts one more worker on a CPU. @throws Error when its thread cannot start there */
  async add(cpu: number): Promise<WorkerView> {
    const index = this.#freeIndex();
    const placeOf = (which: number) => this.placeOf(which);
    const worker = new WorkerHandle(
      { index, cpu, areas: this.#areas, listener: this.#listener, placeOf },
      this.#spare.shift() ?? startThread(index),
    );
    await worker.start(this.#options);
    this.#running.push(worker);
    this.#running.sort((a, b) => a.index - b.index);
    await worker.run(this.#options.datapath.module); // another one may have come while it started
    return worker;
  }

  /**
   * Ends a worker, in order or else by force; when it returns, nobody polls its queues.
   *
   * @throws ApiError ETIMEDOUT when its thread cannot be ended, because it never comes back from C
   */
  async remove(index: number): Promise<void> {
    const worker = this.#find(index);
    const stopped = await worker.stop();
    if (!stopped) await this.#endByForce(worker);
    this.#forget(worker);
    if (stopped) await worker.release();
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
    await this.#find(index).pin(cpu);
  }

  /**
   * Lets all workers go on with another module, each between two bursts of its own, and those that come later.
   *
   * @returns for how many milliseconds each has left its packets alone
   * @throws Error when one does not answer
   */
  async swap(module: Datapath['module']): Promise<readonly number[]> {
    this.#options = { ...this.#options, datapath: { module } };
    return await Promise.all(this.#running.map((worker) => worker.run(module)));
  }

  /** Whether all workers run the module that they were told to. */
  get areCurrent(): boolean {
    return this.#running.every(({ isCurrent }) => isCurrent);
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
    this.#areas.setQueueCount(index, 0);
    try {
      await this.#quiet.pass([worker]);
    } catch (error) {
      this.#areas.setQueueCount(index, worker.queues.length);
      throw error;
    }
    this.#areas.writeQueues(index, queues);
    this.#areas.setQueueCount(index, queues.length);
    worker.wake();
    worker.queues = queues;
  }

  /** Chooses the transmit queue of a port that a worker uses. */
  setTransmitQueue(index: number, port: number, queue: number): void {
    this.#areas.setTransmitQueue(index, port, queue);
  }

  /** Packets that a port's ring had no room for, over all workers. */
  unsent(port: number): bigint {
    return this.#areas.unsent(port);
  }

  /** Says that the start is over: from now on calls do not wait long for a worker that stands still. */
  noteReady(): void {
    this.#quiet.patienceMs = CALL_PATIENCE_MS;
  }

  /** Waits until every worker has begun a new round: none sees what was unlinked before. @throws ApiError ETIMEDOUT */
  async quiet(): Promise<void> {
    await this.#quiet.pass(this.#running);
  }

  /** The same for what nobody waits for: no worker's sleep is ended for it. @throws ApiError ETIMEDOUT */
  async quietUnhurried(): Promise<void> {
    await this.#quiet.passUnhurried(this.#running);
  }

  /** Ends all workers. */
  async close(): Promise<void> {
    for (const { index } of this.list) await this.remove(index);
  }

  /** Ends a thread wherever it is in WebAssembly; what it held is given back for it. */
  async #endByForce(worker: WorkerHandle): Promise<void> {
    await worker.force();
    this.#tidy(worker.index);
    this.#areas.markEnded(worker.index);
  }

  #forget(worker: WorkerHandle): void {
    this.#running.splice(this.#running.indexOf(worker), 1);
    this.#listener.swapped();
  }

  #freeIndex(): number {
    const used = new Set(this.#running.map((worker) => worker.index));
    for (let index = 0; index < MAX_WORKERS; index++) if (!used.has(index)) return index;
    throw new RangeError(`workers: expected at most ${MAX_WORKERS}`);
  }

  #find(index: number): WorkerHandle {
    const worker = this.#running.find((candidate) => candidate.index === index);
    if (!worker)
      throw new RangeError(`worker: expected one of ${this.list.map((w) => w.index)}, got ${index}`);
    return worker;
  }
}

/** Whoever ends the router waits for nobody long. */
const LAST_PATIENCE_MS = 1000;
