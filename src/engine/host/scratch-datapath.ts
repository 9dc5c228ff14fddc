import {
  BURST_MAX,
  CONTROL_BURST,
  CONTROL_MODE,
  CONTROL_SNAPLEN,
  EVENT_BYTES,
  EVENT_SLOTS,
  INJECT_SLOTS,
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
import {
  PACKET_DELTA,
  type ReceivedFrame,
  SCRATCH_BUFFERS_BYTES,
  ScratchBuffers,
} from './scratch-buffers.ts';

export type { ReceivedFrame } from './scratch-buffers.ts';

/** frameOff of a packet that did not come in as a frame (datapath/packet.ts). */
const NO_FRAME = 0xffff;

/** A frame that left by a port. */
export interface SentFrame {
  readonly port: number;
  readonly bytes: Uint8Array;
  /** What the port is asked to do with it (rte_mbuf ol_flags and tx_offload). */
  readonly olFlags: bigint;
  readonly txOffload: bigint;
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
  readonly #buffers: ScratchBuffers;
  readonly #received: number[] = [];
  #sent: SentFrame[] = [];
  #starved = false;
  /** Clock ticks of the datapath; a second is 1e9 of them. */
  clock = 1_000_000_000n;

  constructor(datapath: Datapath) {
    this.datapath = datapath;
    this.memory = createMemory(SCRATCH_BUFFERS_BYTES);
    this.view = new DataView(this.memory.buffer);
    this.#bytes = new Uint8Array(this.memory.buffer);
    this.#buffers = new ScratchBuffers(this.memory);
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
    for (const frame of frames) this.#received.push(this.#buffers.holding(port, frame, options));
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
    const mbuf = this.#buffers.holding(0, bytes, {});
    this.#buffers.strip(mbuf, fields.stripped ?? 0);
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
    for (let i = 0; i < had; i++) this.#buffers.giveBack(this.view.getUint32(spares + i * 4, true));
    for (let i = 0; i < left; i++) this.view.setUint32(spares + i * 4, this.#buffers.blank(), true);
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
    return this.#buffers.out - spares;
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
    return instantiate({
      datapath: this.datapath,
      memory: this.memory,
      host,
      worker,
      packetDelta: PACKET_DELTA,
    });
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
        bytes: this.#buffers.contents(mbuf),
        olFlags: this.view.getBigUint64(mbuf + 24, true),
        txOffload: this.view.getBigUint64(mbuf + 72, true),
      });
      this.#buffers.release(mbuf);
    }
    return count;
  }

  #free(array: number, count: number): void {
    for (let i = 0; i < count; i++) this.#buffers.release(this.view.getUint32(array + i * 4, true));
  }

  #alloc(array: number, count: number): number {
    if (this.#starved || this.#buffers.left < count) return 0;
    for (let i = 0; i < count; i++) this.view.setUint32(array + i * 4, this.#buffers.blank(), true);
    return count;
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
        ...(mbuf ? { packet: this.#buffers.contents(mbuf) } : {}),
        data: this.#bytes.slice(slot + 16, slot + EVENT_BYTES),
      });
      if (mbuf) this.#buffers.release(mbuf);
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
