import {
  MAX_PORTS,
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

/** A receive queue of a DPDK port. */
export interface PortQueue {
  readonly port: number;
  readonly queue: number;
}

/** The workers' areas of the shared memory, as the control thread reads and writes them. */
export class WorkerAreas {
  readonly #stride: number;
  readonly #view: DataView;
  readonly #words: Int32Array;

  /** @param stride bytes from one worker's area to the next */
  constructor(memory: WebAssembly.Memory, stride: number) {
    this.#stride = stride;
    this.#view = new DataView(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    for (let index = 0; index < MAX_WORKERS; index++) this.markEnded(index);
  }

  /** Where a worker's area is. */
  at(index: number): number {
    return WORKER_AREAS + index * this.#stride;
  }

  /** A worker that does not run holds nobody back. */
  markEnded(index: number): void {
    Atomics.store(this.#words, this.at(index) >> 2, -1);
  }

  /** The epoch that a worker has last passed. */
  epochOf(index: number): number {
    return Atomics.load(this.#words, this.at(index) >> 2);
  }

  roundsOf(index: number): bigint {
    return this.#view.getBigUint64(this.at(index) + WORKER_ROUNDS, true);
  }

  isSleeping(index: number): boolean {
    return Atomics.load(this.#words, (this.at(index) + WORKER_STATE) >> 2) === WORKER_SLEEPING;
  }

  /** Makes an area ready for a worker that is to start. */
  prepare(index: number): void {
    const area = this.at(index);
    this.#view.setUint32(area + WORKER_QUEUE_COUNT, 0, true);
    this.#view.setUint32(area + WORKER_COMMAND, 0, true);
    this.#view.setUint32(area + WORKER_NEXT_TRACE, (index << 24) >>> 0, true);
    this.#view.setUint32(area + WORKER_UNTIL_MEASURED, WARM_UP_BURSTS, true);
  }

  /** Calls a worker back from its loop, once it is awake. */
  callBack(index: number): void {
    Atomics.store(this.#words, (this.at(index) + WORKER_COMMAND) >> 2, 1);
  }

  /** Lets a worker poll so many of the queues in its area from its next round on. */
  setQueueCount(index: number, count: number): void {
    Atomics.store(this.#words, (this.at(index) + WORKER_QUEUE_COUNT) >> 2, count);
  }

  /** Writes the queues of a worker that polls none. */
  writeQueues(index: number, queues: readonly PortQueue[]): void {
    const area = this.at(index);
    for (const [i, { port, queue }] of queues.entries()) {
      this.#view.setUint16(area + WORKER_QUEUES + i * 4, port, true);
      this.#view.setUint16(area + WORKER_QUEUES + i * 4 + 2, queue, true);
    }
  }

  /** Chooses the transmit queue of a port that a worker uses. @throws RangeError */
  setTransmitQueue(index: number, port: number, queue: number): void {
    if (port >= MAX_PORTS) throw new RangeError(`port: expected less than ${MAX_PORTS}, got ${port}`);
    this.#view.setUint32(this.#transmit(index, port) + 4, queue, true);
  }

  /** Packets that a port's ring had no room for, over all workers. */
  unsent(port: number): bigint {
    const records = Array.from({ length: MAX_WORKERS }, (_, index) => this.#transmit(index, port));
    return records.reduce((sum, record) => sum + this.#view.getBigUint64(record + TRANSMIT_UNSENT, true), 0n);
  }

  #transmit(index: number, port: number): number {
    return this.at(index) + WORKER_TRANSMIT + port * TRANSMIT_STRIDE;
  }
}

/** Its first bursts find everything cold: what they cost says nothing of those that follow. */
const WARM_UP_BURSTS = 1024;
