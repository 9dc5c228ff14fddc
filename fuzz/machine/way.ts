import { type Datapath, type Instance, instantiate } from '../../src/engine/host/datapath.ts';
import {
  EVENT_BYTES,
  EVENT_SLOTS,
  INJECT_SLOTS,
  WORKER_AREAS,
  WORKER_CAPTURE,
  WORKER_CLOCK,
  WORKER_COUNTERS,
  WORKER_ENGINE_BYTES,
  WORKER_EVENTS,
  WORKER_INJECTED,
  WORKER_QUEUE_COUNT,
  WORKER_QUEUES,
  WORKER_SPARES,
} from '../../src/engine/layout.ts';
import { Finding } from '../finding.ts';
import type { Setting } from '../input.ts';
import type { Buffers } from './buffers.ts';
import { DELTA } from './records.ts';

/** Places in the Worker record that no host reads but a test does (datapath/worker.ts). */
const SPARE_COUNT = 44;
const UNTIL_MEASURED = 108;

/** What a way is asked about each packet that leaves it; a number is mixed into the burst's sum. */
export interface Judge {
  sent(way: Way, port: number, packet: number): number;
  punted(way: Way, event: { stage: number; iface: number; vrf: number; at: number; packet: number }): number;
}

/** One worker with its own instance, buffers and port, and what became of a burst in its hands. */
export class Way {
  readonly name: string;
  readonly buffers: Buffers;
  /** The worker's area, and a view of it. */
  readonly area: number;
  readonly view: DataView;
  /** Which input came in a buffer, by the buffer's index; -1 for what was made here. */
  readonly inputOf: Int16Array;
  /** Sums over all that left, the same in whatever order it did. */
  sum = 0;
  mixed = 0;
  readonly #datapath: Datapath;
  readonly #memory: WebAssembly.Memory;
  readonly #worker: number;
  readonly #judge: Judge;
  readonly #received: number[] = [];
  #instance: Instance;
  #transmitRoom = 0;
  #starved = false;
  #eventsRead = 0;

  constructor(options: {
    readonly name: string;
    readonly datapath: Datapath;
    readonly memory: WebAssembly.Memory;
    readonly worker: number;
    readonly buffers: Buffers;
    readonly judge: Judge;
  }) {
    this.name = options.name;
    this.buffers = options.buffers;
    this.#datapath = options.datapath;
    this.#memory = options.memory;
    this.#worker = options.worker;
    this.#judge = options.judge;
    const stride = options.datapath.info.regions.WORKER_STRIDE ?? 0;
    this.area = WORKER_AREAS + options.worker * stride;
    this.view = new DataView(options.memory.buffer, this.area, stride);
    this.inputOf = new Int16Array(options.buffers.freeCount).fill(-1);
    this.#instance = this.#instantiate();
    this.reset(this.buffers.poison);
  }

  /** Begins anew: empty hands, all buffers in the pool, a new instance. */
  reset(poison: number): void {
    new Uint8Array(this.#memory.buffer, this.area, WORKER_ENGINE_BYTES).fill(0);
    this.buffers.reset(poison);
    this.inputOf.fill(-1);
    this.#received.length = 0;
    this.#instance = this.#instantiate();
    this.view.setUint32(WORKER_QUEUES, 0, true);
    this.view.setUint32(WORKER_QUEUE_COUNT, 1, true);
  }

  /** Hands a packet to the port, to be received in the next round. */
  receive(packet: number): void {
    this.#received.push(packet);
  }

  /** Hands a packet to a stage, as the control thread does. */
  inject(packet: number, node: number): void {
    const written = this.view.getUint32(WORKER_INJECTED, true);
    const slot = WORKER_INJECTED + 64 + (written % INJECT_SLOTS) * 8;
    this.view.setUint32(slot, this.buffers.address(packet), true);
    this.view.setUint32(slot + 4, node, true);
    this.view.setUint32(WORKER_INJECTED, written + 1, true);
  }

  /** Makes what the setting says is scarce so. */
  prepare({ buffers, events, transmit }: Setting, clock: bigint): void {
    this.sum = 0;
    this.mixed = 0;
    this.#transmitRoom = transmit ?? Number.POSITIVE_INFINITY;
    this.#starved = buffers !== undefined;
    if (buffers !== undefined) this.#keepSpares(buffers);
    const written = this.view.getUint32(WORKER_EVENTS, true);
    const waiting = events === undefined ? 0 : EVENT_SLOTS - events;
    this.view.setUint32(WORKER_EVENTS + 4, written - waiting, true);
    this.#eventsRead = written;
    this.view.setBigUint64(WORKER_CLOCK, clock, true);
    this.view.setUint32(UNTIL_MEASURED, 0xffffffff, true);
  }

  /** Makes the same scarce again for a second round; the sums go on. */
  renew({ transmit }: Setting): void {
    this.#transmitRoom = transmit ?? Number.POSITIVE_INFINITY;
  }

  /** Runs one round to its end and takes what it has put for the control thread. */
  run(): void {
    try {
      this.#instance.engine.round();
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw new Finding('no trap', error.message, error);
      throw error;
    }
    this.#takeEvents();
    this.view.setUint32(WORKER_CAPTURE + 4, this.view.getUint32(WORKER_CAPTURE, true), true);
  }

  /** Looks whether every buffer that went in has come out. */
  expectNothingKept(): void {
    const kept = this.buffers.outCount - this.view.getUint32(SPARE_COUNT, true);
    if (kept !== 0) {
      throw new Finding('every buffer once', `${kept} buffers did not come back from the ${this.name} way`);
    }
  }

  /** Packets counted at a node since the start, modulo 2^32. */
  counted(node: number): number {
    return this.view.getUint32(WORKER_COUNTERS + node * 32 + 8, true);
  }

  #instantiate(): Instance {
    const host = {
      rx: (_port: number, _queue: number, array: number, most: number) => this.#rx(array >>> 0, most),
      tx: (port: number, _queue: number, array: number, count: number) => this.#tx(port, array >>> 0, count),
      free: (array: number, count: number) => this.#free(array >>> 0, count),
      alloc: (array: number, count: number) => this.#alloc(array >>> 0, count),
      cycles: () => 0,
      pause: () => {},
      wait: () => 0,
    };
    return instantiate({
      datapath: this.#datapath,
      memory: this.#memory,
      host,
      worker: this.#worker,
      packetDelta: DELTA,
    });
  }

  #rx(array: number, most: number): number {
    const count = Math.min(most, this.#received.length);
    const at = array - this.area;
    for (let i = 0; i < count; i++) {
      this.view.setUint32(at + i * 4, this.buffers.address(this.#received[i] ?? 0), true);
    }
    this.#received.splice(0, count);
    return count;
  }

  #tx(port: number, array: number, count: number): number {
    const at = array - this.area;
    const room = Math.min(count, this.#transmitRoom);
    for (let i = 0; i < room; i++) {
      const packet = this.buffers.indexOf(this.view.getUint32(at + i * 4, true));
      this.add(this.#judge.sent(this, port, packet));
      this.giveBack(packet);
    }
    this.#transmitRoom -= room;
    return room;
  }

  #free(array: number, count: number): void {
    const at = array - this.area;
    for (let i = 0; i < count; i++) {
      this.giveBack(this.buffers.indexOf(this.view.getUint32(at + i * 4, true)));
    }
  }

  #alloc(array: number, count: number): number {
    if (this.#starved || this.buffers.freeCount < count) return 0;
    const at = array - this.area;
    for (let i = 0; i < count; i++) {
      this.view.setUint32(at + i * 4, this.buffers.address(this.buffers.take()), true);
    }
    return count;
  }

  /** Gives the worker so many spare buffers and no more. */
  #keepSpares(most: number): void {
    for (let had = this.view.getUint32(SPARE_COUNT, true); had > 0; had--) {
      this.giveBack(this.buffers.indexOf(this.view.getUint32(WORKER_SPARES + (had - 1) * 4, true)));
    }
    for (let i = 0; i < most; i++) {
      this.view.setUint32(WORKER_SPARES + i * 4, this.buffers.address(this.buffers.take()), true);
    }
    this.view.setUint32(SPARE_COUNT, most, true);
  }

  #takeEvents(): void {
    const written = this.view.getUint32(WORKER_EVENTS, true);
    for (let i = this.#eventsRead; i !== written; i = (i + 1) >>> 0) {
      const at = WORKER_EVENTS + 64 + (i % EVENT_SLOTS) * EVENT_BYTES;
      const address = this.view.getUint32(at + 4, true);
      const packet = address === 0 ? -1 : this.buffers.indexOf(address);
      const stage = this.view.getUint32(at, true);
      const [iface, vrf] = [this.view.getUint16(at + 8, true), this.view.getUint16(at + 10, true)];
      this.add(this.#judge.punted(this, { stage, iface, vrf, at, packet }));
    }
    this.#eventsRead = written;
  }

  /** Takes a packet's buffers back. */
  giveBack(packet: number): void {
    this.inputOf[packet] = -1;
    this.buffers.giveBack(packet);
  }

  /** Adds what became of one packet to the sums. */
  add(digest: number): void {
    this.sum = (this.sum + digest) | 0;
    this.mixed ^= Math.imul(digest, 0x85ebca6b);
  }
}
