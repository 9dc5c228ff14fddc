import { type Instance, instantiate } from '../host/datapath.ts';
import { BUFFER_BYTES, DATA_ROOM, HEADROOM, MBUF_BYTES, PACKET_DELTA } from '../host/scratch-buffers.ts';
import {
  BURST_MAX,
  MAX_WORKERS,
  PACKET_BUFFERS,
  WORKER_AREA_BYTES,
  WORKER_AREAS,
  WORKER_QUEUE_COUNT,
  WORKER_QUEUES,
} from '../layout.ts';

/** Fields of an mbuf that a packet changes on its way: from dataOff to txOffload (engine/datapath/packet.ts). */
const CHANGED_FROM = 16;
const CHANGED_BYTES = 64;

/** Where a rush takes place: what may be handed to another thread. */
export interface RushPlace {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** The worker that it is: not the bench's own, which is 0. */
  readonly worker: number;
}

/** Writes a frame of a burst to an offset of the memory, or reads what has become of it there. */
export type AtFrame = (at: number, index: number) => void;

/**
 * A worker through whose hands so many frames pass that nothing may be made for one of them: bursts are written where they
 * lie, and looked at there as they leave. It is an instance of its own over the bench's memory, so several can be at work
 * in several threads.
 */
export class Rush {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #area: number;
  readonly #first: number;
  readonly #fresh: Uint8Array;
  readonly #instance: Instance;
  #coming = 0;
  #sent = 0;
  #left: AtFrame = () => {};

  constructor({ module, memory, worker }: RushPlace, frameBytes: number) {
    if (worker < 1 || worker >= MAX_WORKERS) throw new RangeError(`expected a worker but 0, got ${worker}`);
    this.#view = new DataView(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
    this.#area = WORKER_AREAS + worker * WORKER_AREA_BYTES;
    this.#first = PACKET_BUFFERS + (worker - 1) * BURST_MAX * BUFFER_BYTES;
    this.#fresh = freshFields(frameBytes);
    for (let index = 0; index < BURST_MAX; index++) {
      const mbuf = this.#mbuf(index);
      this.#view.setBigUint64(mbuf, PACKET_DELTA + BigInt(mbuf + MBUF_BYTES), true);
      this.#view.setUint16(mbuf + 54, DATA_ROOM, true);
    }
    this.#view.setUint32(this.#area + WORKER_QUEUE_COUNT, 1, true);
    const host = {
      rx: (_port: number, _queue: number, array: number) => this.#rx(array >>> 0),
      tx: (_port: number, _queue: number, array: number, count: number) => this.#tx(array >>> 0, count),
      free: () => {},
      alloc: () => 0,
      cycles: () => 0,
      pause: () => {},
      wait: () => 0,
    };
    this.#instance = instantiate({ datapath: { module }, memory, host, worker, packetDelta: PACKET_DELTA });
  }

  /** Receives a burst of frames on a port; `left` sees those that leave. Returns how many these are. */
  pass(port: number, frames: number, write: AtFrame, left: AtFrame = () => {}): number {
    this.#view.setUint16(this.#area + WORKER_QUEUES, port, true);
    for (let index = 0; index < frames; index++) {
      const mbuf = this.#mbuf(index);
      this.#bytes.set(this.#fresh, mbuf + CHANGED_FROM);
      this.#view.setUint16(mbuf + 22, port, true);
      write(mbuf + MBUF_BYTES + HEADROOM, index);
    }
    this.#coming = frames;
    this.#sent = 0;
    this.#left = left;
    this.#instance.engine.round();
    return this.#sent;
  }

  /** Lets the worker hold nothing back any more. */
  close(): void {
    this.#instance.engine.retire();
  }

  #mbuf(index: number): number {
    return this.#first + index * BUFFER_BYTES;
  }

  #rx(array: number): number {
    const count = this.#coming;
    for (let index = 0; index < count; index++)
      this.#view.setUint32(array + index * 4, this.#mbuf(index), true);
    this.#coming = 0;
    return count;
  }

  #tx(array: number, count: number): number {
    for (let i = 0; i < count; i++) {
      const mbuf = this.#view.getUint32(array + i * 4, true);
      const data = mbuf + MBUF_BYTES + this.#view.getUint16(mbuf + 16, true);
      this.#left(data, (mbuf - this.#first) / BUFFER_BYTES);
    }
    this.#sent += count;
    return count;
  }
}

/** The changed fields of an mbuf as a port gives it: one segment, nothing said of checksums. */
function freshFields(frameBytes: number): Uint8Array {
  const fields = new Uint8Array(CHANGED_BYTES);
  const view = new DataView(fields.buffer);
  view.setUint16(0, HEADROOM, true);
  view.setUint16(2, 1, true);
  view.setUint16(4, 1, true);
  view.setUint32(36 - CHANGED_FROM, frameBytes, true);
  view.setUint16(40 - CHANGED_FROM, frameBytes, true);
  view.setUint16(54 - CHANGED_FROM, DATA_ROOM, true);
  return fields;
}
