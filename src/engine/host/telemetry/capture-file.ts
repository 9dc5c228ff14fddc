import type { Graph } from '../../compiler/graph.ts';
import type { CapturedPacket } from './capture-ring.ts';
import type { Clock } from './clock.ts';
import { ETHER_HEADER_BYTES, etherTypeSeen, withEtherHeader } from './packet-headers.ts';
import {
  enhancedPacket,
  interfaceDescription,
  interfaceStatistics,
  type PcapngPacket,
  sectionHeader,
} from './pcapng.ts';
import type { WatchedInterface, WatchedInterfaces } from './watched-interfaces.ts';

/** What a capture file is written with. */
export interface CaptureFileOptions {
  readonly graph: Graph;
  readonly interfaces: () => WatchedInterfaces;
  readonly snaplen: number;
}

/** Turns captured packets into the blocks of one pcapng file; each interface is described before its first packet. */
export class CaptureFile {
  readonly #options: CaptureFileOptions;
  readonly #numbers = new Map<string, number>();
  readonly #received: bigint[] = [];
  readonly #lost: bigint[] = [];

  constructor(options: CaptureFileOptions) {
    this.#options = options;
  }

  /** Writes the file's beginning with the interfaces known now, so that a reader can start before the first packet. */
  begin(ifaces: readonly WatchedInterface[]): Uint8Array {
    const described = ifaces.length > 0 ? ifaces.map((iface) => iface.name) : [ROUTER];
    return Buffer.concat([sectionHeader('millrace'), ...described.flatMap((name) => this.#describe(name))]);
  }

  /** Writes a packet, after its interface where that is new. */
  packet(captured: CapturedPacket, clock: Clock, lost: bigint): Uint8Array {
    const name = this.#interfaceName(captured);
    const blocks = this.#describe(name);
    const iface = this.#numbers.get(name) ?? 0;
    this.#received[iface] = (this.#received[iface] ?? 0n) + 1n + lost;
    this.#lost[iface] = (this.#lost[iface] ?? 0n) + lost;
    blocks.push(
      enhancedPacket({
        iface,
        timeNs: clock.timeNs(captured.clock),
        ...this.#frame(captured),
        direction: directionOf(captured),
        comments: this.#comments(captured, name),
        lost,
      }),
    );
    return Buffer.concat(blocks);
  }

  /** Writes the file's end: what each interface has received and lost, the first also what was lost at last. */
  end(timeNs: bigint, lost: bigint): Uint8Array {
    this.#received[0] = (this.#received[0] ?? 0n) + lost;
    this.#lost[0] = (this.#lost[0] ?? 0n) + lost;
    const blocks = [...this.#numbers.values()].map((iface) =>
      interfaceStatistics({
        iface,
        timeNs,
        received: this.#received[iface] ?? 0n,
        lost: this.#lost[iface] ?? 0n,
      }),
    );
    return Buffer.concat(blocks);
  }

  #describe(name: string): Uint8Array[] {
    if (this.#numbers.has(name)) return [];
    this.#numbers.set(name, this.#numbers.size);
    return [interfaceDescription({ name, snaplen: this.#options.snaplen })];
  }

  #interfaceName({ iface, output }: CapturedPacket): string {
    const id = iface || output;
    if (id === 0) return ROUTER;
    return this.#options.interfaces().find(id)?.name ?? `interface-${id}`;
  }

  /** A packet dropped without an Ethernet header gets one, so that all packets of the file are frames. */
  #frame(captured: CapturedPacket): Pick<PcapngPacket, 'bytes' | 'originalLength'> {
    const { snaplen } = this.#options;
    const { bytes, originalLength } = captured;
    const etherType = this.#startsWithFrame(captured)
      ? undefined
      : etherTypeSeen({ ...captured, packetLength: originalLength });
    if (etherType === undefined) return { bytes: bytes.subarray(0, snaplen), originalLength };
    return {
      bytes: withEtherHeader(bytes, etherType).subarray(0, snaplen),
      originalLength: originalLength + ETHER_HEADER_BYTES,
    };
  }

  #startsWithFrame({ isFrame, drop, stage }: CapturedPacket): boolean {
    const { nodes } = this.#options.graph;
    return isFrame || nodes[drop]?.name === 'tx-full' || nodes[stage]?.takesFrames === true;
  }

  #comments({ direction, drop, stage }: CapturedPacket, iface: string): string[] {
    if (direction !== 'dropped') return [`${iface} ${direction}`];
    const { nodes } = this.#options.graph;
    const name = nodes[drop]?.name ?? `node ${drop}`;
    const where = name === 'tx-full' ? '' : ` at ${nodes[stage]?.name}`;
    return [`${iface} dropped${where}`, `drop ${name}: ${nodes[drop]?.doc}`];
  }
}

/** Stands for packets that no interface has received or sent. */
const ROUTER = 'router';

function directionOf({ direction, iface }: CapturedPacket): PcapngPacket['direction'] {
  if (direction === 'sent') return 'out';
  return iface === 0 ? 'unknown' : 'in';
}
