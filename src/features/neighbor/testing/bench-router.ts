import type { PacketFields, PacketHandle } from '../../../engine/host/packets.ts';
import type { Punt } from '../../../engine/host/punts.ts';
import type { Bench, Outcome, SentFrame } from '../../../engine/testing/bench.ts';
import type { NeighborRouter } from '../host.ts';

/** A packet in the control thread's hands. */
interface Copy {
  readonly bytes: Uint8Array;
  readonly fields: PacketFields;
}

/** The control thread's hands on the bench instead of on a router: what stages tell is handled at once. */
export class BenchRouter implements NeighborRouter {
  readonly bench: Bench;
  readonly events: string[] = [];
  readonly warnings: string[] = [];
  /** Where packets ended since the last look, and the frames that left. */
  #ended: Record<string, number> = {};
  #sent: SentFrame[] = [];
  readonly #handlers = new Map<string, (punt: Punt) => void>();
  readonly #packets = new Map<number, Copy>();
  #lastHandle = 0;
  #quiet: (() => void)[] = [];

  constructor(bench: Bench) {
    this.bench = bench;
  }

  readonly packets = {
    bytes: (packet: PacketHandle) => this.#copyOf(packet).bytes,
    free: (packet: PacketHandle) => void this.#packets.delete(packet),
    fields: (packet: PacketHandle) => ({ ...noFields, ...this.#copyOf(packet).fields }),
  };

  readonly dispatch = { note: () => {} };

  readonly log = {
    warn: (_: object, message: string) => void this.warnings.push(message),
    error: (_: object, message: string) => void this.warnings.push(message),
  };

  /** What left and what ended since the last look. */
  look(): { readonly sent: readonly Uint8Array[]; readonly ended: Readonly<Record<string, number>> } {
    const seen = { sent: this.#sent.map(({ bytes }) => bytes), ended: this.#ended };
    this.#sent = [];
    this.#ended = {};
    return seen;
  }

  /** Takes an outcome of the bench as a router would: its punts go to their handlers. */
  take({ sent, ended, events }: Outcome): void {
    this.#sent.push(...sent);
    for (const [node, packets] of Object.entries(ended)) {
      this.#ended[node] = (this.#ended[node] ?? 0) + packets;
    }
    for (const { stage, iface, vrf, packet, data } of events) {
      const copy = packet && this.#keep({ bytes: packet, fields: { iface, vrf } });
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      this.#handlers.get(stage)?.({ iface, vrf, packet: copy, data: view });
    }
  }

  get view(): DataView {
    return this.bench.view;
  }

  node(name: string): number {
    return this.bench.node(name);
  }

  region(name: string): number {
    return this.bench.region(name);
  }

  tables<T>(names: readonly (keyof T & string)[]): T {
    return this.bench.tables<T>(names);
  }

  inject(packet: PacketHandle, stage: string, fields: PacketFields): boolean {
    const { bytes } = this.#copyOf(packet);
    this.#packets.delete(packet);
    return this.send(bytes, stage, fields);
  }

  send(bytes: Uint8Array, stage: string, fields: PacketFields): boolean {
    this.take(this.bench.inject(stage, bytes, fields));
    return true;
  }

  onPunt(stage: string, handler: (punt: Punt) => void): void {
    this.#handlers.set(stage, handler);
  }

  emit(event: { readonly type: string; readonly text: string }): void {
    this.events.push(`${event.type}: ${event.text}`);
  }

  quiet(): Promise<void> {
    return new Promise((resolve) => this.#quiet.push(resolve));
  }

  quietUnhurried(): Promise<void> {
    return this.quiet();
  }

  /** Lets every worker pass a quiet point, for whoever waits. */
  async passQuietPoint(): Promise<void> {
    for (const resolve of this.#quiet.splice(0)) resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Packets that the control thread still holds. */
  get packetsHeld(): number {
    return this.#packets.size;
  }

  #keep(copy: Copy): PacketHandle {
    const handle = ++this.#lastHandle;
    this.#packets.set(handle, copy);
    return handle as PacketHandle;
  }

  #copyOf(packet: PacketHandle): Copy {
    const copy = this.#packets.get(packet);
    if (!copy) throw new Error(`packet ${packet} is not the control thread's`);
    return copy;
  }
}

const noFields = {
  iface: 0,
  output: 0,
  vrf: 0,
  nextHop: 0,
  etherType: 0,
  flags: 0,
  note: 0,
  note2: 0,
};
