import {
  INJECT_RECEIVED,
  INJECT_SLOTS,
  WORKER_AREAS,
  WORKER_FREES,
  WORKER_INJECTED,
  WORKER_SPARES,
} from '../layout.ts';
import { CONTROL_WORKER, type HostFunctions } from './datapath.ts';

/** A packet in the control thread's hands: the offset of its mbuf. It must be freed or injected, once. */
export type PacketHandle = number & { readonly packet: unique symbol };

/** What the next stage is to know of an injected packet. Absent fields are zero. */
export interface PacketFields {
  /** DPDK's number of the port that has received it, as it were; none when absent. */
  readonly port?: number;
  readonly iface?: number;
  readonly output?: number;
  readonly vrf?: number;
  readonly nextHop?: number;
  readonly etherType?: number;
  readonly flags?: number;
  readonly note?: number;
  readonly note2?: number;
}

/** Packet buffers as the control thread uses them: made, read, given to a stage, freed. */
export class Packets {
  readonly #memory: Uint8Array;
  readonly #view: DataView;
  readonly #host: Pick<HostFunctions, 'alloc' | 'free'>;
  readonly #delta: bigint;
  readonly #wake: (worker: number) => void;
  readonly #area: number;
  readonly #stride: number;
  /** The worker that packets are given to, undefined while none runs. */
  #target: number | undefined;
  #lost = 0;

  constructor(options: {
    readonly memory: Uint8Array;
    readonly host: Pick<HostFunctions, 'alloc' | 'free'>;
    readonly delta: bigint;
    readonly workerStride: number;
    /** Ends a worker's sleep. */
    readonly wake: (worker: number) => void;
  }) {
    this.#memory = options.memory;
    this.#view = new DataView(options.memory.buffer, options.memory.byteOffset, options.memory.byteLength);
    this.#host = options.host;
    this.#delta = options.delta;
    this.#wake = options.wake;
    this.#stride = options.workerStride;
    this.#area = WORKER_AREAS + CONTROL_WORKER * options.workerStride;
  }

  /** Chooses the worker that runs what is injected from now on. */
  set target(worker: number | undefined) {
    this.#target = worker;
  }

  /** Packets that could not be injected, because no worker ran or its ring was full. */
  get lost(): number {
    return this.#lost;
  }

  /** Makes a packet of these bytes, chained where they are many; undefined when the pool has no buffer left. */
  make(bytes: Uint8Array): PacketHandle | undefined {
    const first = this.#takeBuffer();
    if (first === undefined) return undefined;
    let segment = first;
    let segments = 1;
    let at = this.#fill(segment, bytes, 0);
    while (at < bytes.length) {
      const next = this.#takeBuffer();
      if (next === undefined) {
        this.free(first);
        return undefined;
      }
      this.#view.setBigUint64(segment + 64, this.#delta + BigInt(next), true);
      at = this.#fill(next, bytes, at);
      segment = next;
      segments++;
    }
    this.#view.setUint16(first + 20, segments, true);
    this.#view.setUint32(first + 36, bytes.length, true);
    this.#view.setUint16(first + 102, NO_FRAME, true);
    this.#view.setUint32(first + 104, 0, true); // no trace yet
    return first;
  }

  /** Copies a packet's bytes, from its current header on. */
  bytes(packet: PacketHandle): Uint8Array {
    const copy = new Uint8Array(this.#view.getUint32(packet + 36, true));
    let at = 0;
    for (let segment: number = packet; segment && at < copy.length; segment = this.#next(segment)) {
      const length = Math.min(this.#view.getUint16(segment + 40, true), copy.length - at);
      const data = this.#data(segment);
      copy.set(this.#memory.subarray(data, data + length), at);
      at += length;
    }
    return copy;
  }

  /** Copies the frame a packet was received in, from its Ethernet header on. */
  frame(packet: PacketHandle): Uint8Array {
    const data = this.#data(packet);
    const stripped = Math.max(0, this.#stripped(packet));
    return Buffer.concat([this.#memory.slice(data - stripped, data), this.bytes(packet)]);
  }

  /**
   * Tells where a packet's bytes lie, from its current header on, or from the frame's first byte that it was received
   * in; undefined when they do not lie in one piece.
   */
  span(
    packet: PacketHandle,
    from: 'header' | 'frame',
  ): { readonly offset: number; readonly bytes: number } | undefined {
    if (this.#view.getUint16(packet + 20, true) !== 1) return undefined;
    const stripped = from === 'frame' ? Math.max(0, this.#stripped(packet)) : 0;
    return {
      offset: this.#data(packet) - stripped,
      bytes: this.#view.getUint32(packet + 36, true) + stripped,
    };
  }

  /** Tells whether a packet was received in a frame, and not made here. */
  hasFrame(packet: PacketHandle): boolean {
    return this.#view.getUint16(packet + 102, true) !== NO_FRAME;
  }

  /** How many more packets can be injected now; zero when no worker runs. */
  get room(): number {
    if (this.#target === undefined) return 0;
    const ring = WORKER_AREAS + this.#target * this.#stride + WORKER_INJECTED;
    const waiting = this.#view.getUint32(ring, true) - this.#view.getUint32(ring + 4, true);
    return INJECT_SLOTS - (waiting >>> 0);
  }

  /** Reads what the datapath noted of a packet. */
  fields(packet: PacketHandle): Required<Omit<PacketFields, 'port'>> {
    const view = this.#view;
    return {
      iface: view.getUint16(packet + 92, true),
      output: view.getUint16(packet + 94, true),
      nextHop: view.getUint32(packet + 96, true),
      vrf: view.getUint16(packet + 100, true),
      flags: view.getUint32(packet + 108, true),
      etherType: view.getUint16(packet + 112, true),
      note: view.getUint32(packet + 116, true),
      note2: view.getUint32(packet + 120, true),
    };
  }

  /** Gives a packet's buffers back. */
  free(packet: PacketHandle): void {
    this.#view.setUint32(this.#area + WORKER_FREES, packet, true);
    this.#host.free(this.#area + WORKER_FREES, 1);
  }

  /** Gives a packet to a stage on a worker, where its trace goes on; false when none could take it, and the packet is freed then. */
  inject(packet: PacketHandle, node: number, fields: PacketFields): boolean {
    const taken = this.injectUnhurried(packet, node, fields);
    if (taken && this.#target !== undefined) this.#wake(this.#target);
    return taken;
  }

  /** The same, and a worker that sleeps takes it when it wakes up by itself: after 20 ms at most. */
  injectUnhurried(packet: PacketHandle, node: number, fields: PacketFields): boolean {
    const view = this.#view;
    if (fields.port !== undefined) view.setUint16(packet + 22, fields.port, true);
    view.setUint16(packet + 92, fields.iface ?? 0, true);
    view.setUint16(packet + 94, fields.output ?? 0, true);
    view.setUint32(packet + 96, fields.nextHop ?? 0, true);
    view.setUint16(packet + 100, fields.vrf ?? 0, true);
    view.setUint32(packet + 108, fields.flags ?? 0, true);
    view.setUint16(packet + 112, fields.etherType ?? 0, true);
    view.setUint32(packet + 116, fields.note ?? 0, true);
    view.setUint32(packet + 120, fields.note2 ?? 0, true);
    if (this.#push(packet, fields.port === undefined ? node : (node | INJECT_RECEIVED) >>> 0)) return true;
    this.#lost++;
    this.free(packet);
    return false;
  }

  #push(packet: number, node: number): boolean {
    if (this.#target === undefined) return false;
    const ring = (WORKER_AREAS + this.#target * this.#stride + WORKER_INJECTED) >> 2;
    const words = new Int32Array(this.#memory.buffer);
    const written = Atomics.load(words, ring) >>> 0;
    const read = Atomics.load(words, ring + 1) >>> 0;
    if ((written - read) >>> 0 >= INJECT_SLOTS) return false;
    const slot = (ring << 2) + 64 + (written % INJECT_SLOTS) * 8;
    this.#view.setUint32(slot, packet, true);
    this.#view.setUint32(slot + 4, node, true);
    Atomics.store(words, ring, (written + 1) | 0);
    return true;
  }

  #takeBuffer(): PacketHandle | undefined {
    const array = this.#area + WORKER_SPARES;
    if (this.#host.alloc(array, 1) !== 1) return undefined;
    return this.#view.getUint32(array, true) as PacketHandle;
  }

  /** Copies what fits of `bytes` from `at` on into a fresh buffer; returns where the rest begins. */
  #fill(segment: number, bytes: Uint8Array, at: number): number {
    const room = this.#view.getUint16(segment + 54, true) - this.#view.getUint16(segment + 16, true);
    const part = bytes.subarray(at, at + room);
    this.#memory.set(part, this.#data(segment));
    this.#view.setUint16(segment + 40, part.length, true);
    this.#view.setUint32(segment + 36, part.length, true);
    return at + part.length;
  }

  /** Bytes of headers that the stages have taken off; not positive when there are none. */
  #stripped(packet: PacketHandle): number {
    return this.#view.getUint16(packet + 16, true) - this.#view.getUint16(packet + 102, true);
  }

  #data(segment: number): number {
    return (
      Number(this.#view.getBigUint64(segment, true) - this.#delta) + this.#view.getUint16(segment + 16, true)
    );
  }

  #next(segment: number): number {
    const next = this.#view.getBigUint64(segment + 64, true);
    return next === 0n ? 0 : Number(next - this.#delta);
  }
}

/** frameOff of a packet that did not come in as a frame (datapath/packet.ts). */
const NO_FRAME = 0xffff;
