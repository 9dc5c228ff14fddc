import {
  BURST_MAX,
  CONTROL_BURST,
  CONTROL_MODE,
  CONTROL_SNAPLEN,
  EVENT_BYTES,
  EVENT_SLOTS,
  INJECT_SLOTS,
  PACKET_BUFFERS,
  WORKER_AREAS,
  WORKER_COUNTERS,
  WORKER_EVENTS,
  WORKER_INJECTED,
  WORKER_QUEUES,
  WORKER_SPARES,
} from '../layout.ts';
import {
  CONTROL_WORKER,
  createMemory,
  type Datapath,
  type Instance,
  instantiate,
  nodeNamed,
  tableFunctions,
} from './datapath.ts';
import type { TakeFunctions } from './rewrites.ts';

const BUFFERS = 4096;
const BUFFER_BYTES = 4096;
const HEADROOM = 128;
const MBUF_BYTES = 128;
const DATA_ROOM = BUFFER_BYTES - MBUF_BYTES;
/** frameOff of a packet that did not come in as a frame (datapath/packet.ts). */
const NO_FRAME = 0xffff;
/** Any address of the host process will do: the datapath only ever subtracts it. */
const DELTA = 0x7f00_0000_0000n;

/** A frame that left by a port. */
export interface SentFrame {
  readonly port: number;
  readonly bytes: Uint8Array;
  /** What the port is asked to do with it (rte_mbuf ol_flags and tx_offload). */
  readonly olFlags: bigint;
  readonly txOffload: bigint;
}

/** What a port says of a frame, and how it gives it. */
export interface ReceivedFrame {
  readonly olFlags?: bigint;
  readonly vlanTci?: number;
  /** Bytes in each segment of the chained buffer. */
  readonly segmentBytes?: number;
}

/** Something a stage told the control thread: a packet's bytes from its data on, or 48 bytes of its own. */
export interface PuntedEvent {
  readonly stage: string;
  readonly iface: number;
  readonly vrf: number;
  readonly packet?: Uint8Array;
  readonly data: Uint8Array;
}

/** What became of the packets of one round. */
export interface Outcome {
  readonly sent: readonly SentFrame[];
  /** Packets by the node they ended at, drops and endings alike. */
  readonly ended: Readonly<Record<string, number>>;
  readonly events: readonly PuntedEvent[];
}

/**
 * The real datapath without DPDK: frames in, frames and counted drops out. One worker, ports 0 to 31, buffers in
 * the datapath's own memory; every buffer is accounted for after each round.
 */
export class ScratchDatapath {
  readonly datapath: Datapath;
  readonly memory: WebAssembly.Memory;
  readonly control: Instance;
  worker: Instance;
  readonly view: DataView;
  readonly #bytes: Uint8Array;
  readonly #pool: number[] = [];
  readonly #received: number[] = [];
  #sent: SentFrame[] = [];
  #starved = false;
  /** Clock ticks of the datapath; a second is 1e9 of them. */
  clock = 1_000_000_000n;

  constructor(datapath: Datapath) {
    this.datapath = datapath;
    this.memory = createMemory(BUFFERS * BUFFER_BYTES);
    this.view = new DataView(this.memory.buffer);
    this.#bytes = new Uint8Array(this.memory.buffer);
    for (let i = 0; i < BUFFERS; i++) this.#pool.push(PACKET_BUFFERS + i * BUFFER_BYTES);
    this.control = this.#instantiate(CONTROL_WORKER);
    this.worker = this.#instantiate(0);
    this.view.setUint32(CONTROL_BURST, BURST_MAX, true);
    this.view.setUint32(CONTROL_SNAPLEN, 65535, true);
    this.view.setUint32(WORKER_AREAS + WORKER_QUEUES, 0, true);
    this.view.setUint32(this.#workerField(36), 1, true);
  }

  /** The functions that write tables, by name, as the router has them. */
  readonly tables: TakeFunctions = (names) => tableFunctions(this.control.exports, names);

  /** Id of a stage or drop. */
  node(name: string): number {
    return nodeNamed(this.datapath.info, name).id;
  }

  /** Address of a table, as the features' layout.ts name it. */
  region(name: string): number {
    const address = this.datapath.info.regions[name];
    if (address === undefined) throw new Error(`the datapath has no region ${name}`);
    return address;
  }

  /** Enters a stage in a table of stages. */
  enter(table: string, place: number, stage: string): void {
    this.view.setUint16(this.region(table) + place * 2, this.node(stage), true);
  }

  /** Sets the bits of CONTROL_MODE: zero is the fast way. */
  set mode(bits: number) {
    this.view.setUint32(CONTROL_MODE, bits, true);
  }

  /**
   * Receives frames on a port and runs the round to its end. `olFlags` is what the port says of each (rte_mbuf ol_flags),
   * and `vlanTci` the tag that it has taken out.
   */
  receive(port: number, frames: readonly Uint8Array[], options: ReceivedFrame = {}): Outcome {
    this.arrive(port, frames, options);
    return this.run();
  }

  /** Lets frames arrive on a port: the next round receives them, with those of other ports, as one burst. */
  arrive(port: number, frames: readonly Uint8Array[], options: ReceivedFrame = {}): void {
    for (const frame of frames) this.#received.push(this.#mbuf(port, frame, options));
  }

  /** Hands a packet to a stage as the control thread does, with what the stage expects to know of it. */
  inject(
    stage: string,
    bytes: Uint8Array,
    fields: {
      readonly iface?: number;
      readonly vrf?: number;
      readonly nextHop?: number;
      readonly output?: number;
      readonly etherType?: number;
      readonly flags?: number;
      readonly note?: number;
      readonly olFlags?: bigint;
      /** How many of the first bytes the stages before have stripped. */
      readonly stripped?: number;
    } = {},
  ): Outcome {
    const mbuf = this.#mbuf(0, bytes, {});
    this.#strip(mbuf, fields.stripped ?? 0);
    this.view.setBigUint64(mbuf + 24, fields.olFlags ?? 0n, true);
    this.view.setUint16(mbuf + 92, fields.iface ?? 0, true);
    this.view.setUint16(mbuf + 94, fields.output ?? 0, true);
    this.view.setUint32(mbuf + 96, fields.nextHop ?? 0, true);
    this.view.setUint16(mbuf + 100, fields.vrf ?? 0, true);
    this.view.setUint16(mbuf + 102, NO_FRAME, true);
    this.view.setUint32(mbuf + 104, 0, true);
    this.view.setUint32(mbuf + 108, fields.flags ?? 0, true);
    this.view.setUint16(mbuf + 112, fields.etherType ?? 0, true);
    this.view.setUint32(mbuf + 116, fields.note ?? 0, true);
    const ring = WORKER_AREAS + WORKER_INJECTED;
    const written = this.view.getUint32(ring, true);
    const slot = ring + 64 + (written % INJECT_SLOTS) * 8;
    this.view.setUint32(slot, mbuf, true);
    this.view.setUint32(slot + 4, this.node(stage), true);
    this.view.setUint32(ring, written + 1, true);
    return this.run();
  }

  /** Runs one round and tells what became of its packets. @throws the trap, when a stage trapped */
  run(): Outcome {
    this.#sent = [];
    const before = this.#counters();
    this.worker.engine.round();
    const after = this.#counters();
    const ended: Record<string, number> = {};
    for (const node of this.datapath.info.graph.nodes) {
      const grown = Number((after[node.id] ?? 0n) - (before[node.id] ?? 0n));
      if (node.kind !== 'stage' && grown > 0) ended[node.name] = grown;
    }
    return { sent: this.#sent, ended, events: this.#takeEvents() };
  }

  /** Replaces the worker's instance as the host does after a trap; returns how many packets were given up. */
  recover(): number {
    this.worker = this.#instantiate(0);
    return this.worker.engine.dropBurst();
  }

  /** Does something while the datapath can take no more than `left` buffers of its own; frames still come in. */
  starve<T>(left: number, work: () => T): T {
    const spares = WORKER_AREAS + WORKER_SPARES;
    const had = this.view.getUint32(this.#workerField(44), true);
    for (let i = 0; i < had; i++) this.#pool.push(this.view.getUint32(spares + i * 4, true));
    for (let i = 0; i < left; i++) this.view.setUint32(spares + i * 4, this.#blank(), true);
    this.view.setUint32(this.#workerField(44), left, true);
    this.#starved = true;
    try {
      return work();
    } finally {
      this.#starved = false;
    }
  }

  /** Buffers that are neither in the pool nor the datapath's spares. */
  get buffersOut(): number {
    const spares = this.view.getUint32(this.#workerField(44), true);
    return BUFFERS - this.#pool.length - spares;
  }

  /** Packets counted at each stage since the start. */
  stagePackets(name: string): number {
    return Number(this.#counters()[this.node(name)] ?? 0n);
  }

  #instantiate(worker: number): Instance {
    const host = {
      rx: (port: number, _queue: number, array: number, most: number) => this.#rx(port, array >>> 0, most),
      tx: (port: number, _queue: number, array: number, count: number) => this.#tx(port, array >>> 0, count),
      free: (array: number, count: number) => this.#free(array >>> 0, count),
      alloc: (array: number, count: number) => this.#alloc(array >>> 0, count),
      cycles: () => Number(this.clock),
      pause: () => {},
      wait: () => 0,
    };
    return instantiate({ datapath: this.datapath, memory: this.memory, host, worker, packetDelta: DELTA });
  }

  #rx(_port: number, array: number, most: number): number {
    this.view.setBigUint64(this.#workerField(8), this.clock, true);
    const mbufs = this.#received.splice(0, most);
    for (const [i, mbuf] of mbufs.entries()) this.view.setUint32(array + i * 4, mbuf, true);
    return mbufs.length;
  }

  #tx(port: number, array: number, count: number): number {
    for (let i = 0; i < count; i++) {
      const mbuf = this.view.getUint32(array + i * 4, true);
      this.#sent.push({
        port,
        bytes: this.#contents(mbuf),
        olFlags: this.view.getBigUint64(mbuf + 24, true),
        txOffload: this.view.getBigUint64(mbuf + 72, true),
      });
      this.#release(mbuf);
    }
    return count;
  }

  #free(array: number, count: number): void {
    for (let i = 0; i < count; i++) this.#release(this.view.getUint32(array + i * 4, true));
  }

  #alloc(array: number, count: number): number {
    if (this.#starved || this.#pool.length < count) return 0;
    for (let i = 0; i < count; i++) this.view.setUint32(array + i * 4, this.#blank(), true);
    return count;
  }

  #blank(): number {
    const mbuf = this.#pool.pop();
    if (mbuf === undefined) throw new Error('no buffers are left');
    this.#bytes.fill(0, mbuf, mbuf + MBUF_BYTES);
    this.view.setBigUint64(mbuf, DELTA + BigInt(mbuf + MBUF_BYTES), true);
    this.view.setUint16(mbuf + 16, HEADROOM, true);
    this.view.setUint16(mbuf + 18, 1, true);
    this.view.setUint16(mbuf + 20, 1, true);
    this.view.setUint16(mbuf + 54, DATA_ROOM, true);
    return mbuf;
  }

  /** An mbuf, chained where asked, that holds a frame. */
  #mbuf(port: number, frame: Uint8Array, options: ReceivedFrame): number {
    const step = Math.min(options.segmentBytes ?? DATA_ROOM - HEADROOM, DATA_ROOM - HEADROOM);
    const segments: number[] = [];
    for (let at = 0; at < Math.max(frame.length, 1); at += step) {
      const segment = this.#blank();
      const part = frame.subarray(at, at + step);
      this.#bytes.set(part, segment + MBUF_BYTES + HEADROOM);
      this.view.setUint16(segment + 40, part.length, true);
      this.view.setUint32(segment + 36, part.length, true);
      segments.push(segment);
    }
    segments.forEach((segment, i) => {
      const next = segments[i + 1];
      this.view.setBigUint64(segment + 64, next === undefined ? 0n : DELTA + BigInt(next), true);
    });
    const [first = this.#blank()] = segments;
    this.view.setUint16(first + 20, segments.length, true);
    this.view.setUint16(first + 22, port, true);
    this.view.setBigUint64(first + 24, options.olFlags ?? 0n, true);
    this.view.setUint32(first + 36, frame.length, true);
    this.view.setUint16(first + 42, options.vlanTci ?? 0, true);
    return first;
  }

  #strip(mbuf: number, bytes: number): void {
    this.view.setUint16(mbuf + 16, HEADROOM + bytes, true);
    this.view.setUint16(mbuf + 40, this.view.getUint16(mbuf + 40, true) - bytes, true);
    this.view.setUint32(mbuf + 36, this.view.getUint32(mbuf + 36, true) - bytes, true);
  }

  #contents(mbuf: number): Uint8Array {
    const parts: Uint8Array[] = [];
    for (let segment = mbuf; segment; segment = this.#next(segment)) {
      const data =
        Number(this.view.getBigUint64(segment, true) - DELTA) + this.view.getUint16(segment + 16, true);
      parts.push(this.#bytes.slice(data, data + this.view.getUint16(segment + 40, true)));
    }
    return new Uint8Array(Buffer.concat(parts));
  }

  #next(mbuf: number): number {
    const next = this.view.getBigUint64(mbuf + 64, true);
    return next === 0n ? 0 : Number(next - DELTA);
  }

  #release(mbuf: number): void {
    if (this.#pool.includes(mbuf)) throw new Error(`buffer ${mbuf.toString(16)} was given back twice`);
    for (let segment = mbuf; segment; ) {
      const next = this.#next(segment);
      this.#pool.push(segment);
      segment = next;
    }
  }

  #takeEvents(): PuntedEvent[] {
    const ring = WORKER_AREAS + WORKER_EVENTS;
    const events: PuntedEvent[] = [];
    const written = this.view.getUint32(ring, true);
    for (let i = this.view.getUint32(ring + 4, true); i !== written; i++) {
      const slot = ring + 64 + (i % EVENT_SLOTS) * EVENT_BYTES;
      const mbuf = this.view.getUint32(slot + 4, true);
      events.push({
        stage: this.datapath.info.graph.nodes[this.view.getUint32(slot, true)]?.name ?? '',
        iface: this.view.getUint16(slot + 8, true),
        vrf: this.view.getUint16(slot + 10, true),
        ...(mbuf ? { packet: this.#contents(mbuf) } : {}),
        data: this.#bytes.slice(slot + 16, slot + EVENT_BYTES),
      });
      if (mbuf) this.#release(mbuf);
    }
    this.view.setUint32(ring + 4, written, true);
    return events;
  }

  #counters(): bigint[] {
    return this.datapath.info.graph.nodes.map((node) =>
      this.view.getBigUint64(WORKER_AREAS + WORKER_COUNTERS + node.id * 32 + 8, true),
    );
  }

  #workerField(offset: number): number {
    return WORKER_AREAS + offset;
  }
}
