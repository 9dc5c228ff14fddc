import { addressToBytes, parseAddress } from '../../../net/address.ts';
import { ipv6Packet, joinBytes } from '../../../net/frame/build.ts';
import { parseMac } from '../../../net/mac.ts';
import { INTERFACE_UP } from '../../interface/layout.ts';
import { encapsulating, Topology } from '../../ip/testing/topology.ts';
import { type Encapsulation, outerHeaders } from '../outer-headers.ts';
import { type SidRecord, Srv6Table } from '../srv6-table.ts';

/**
 * The bench with segments behind the host of link 2, and a customer's VRF 2 behind that of link 3:
 *
 *   host ── 1 │ router │ 2 ── host ── 2001:db8:e::/48
 *             │        │ 3 ── host ── 203.0.113.0/24, 2001:db8:c::/48 (VRF 2)
 */
export class Srv6Bench {
  readonly topology: Topology;
  readonly table: Srv6Table;
  readonly #setOutput: (index: number, node: number, record: number) => void;
  #encaps = 0;
  #sids = 0;

  constructor(topology: Topology) {
    this.topology = topology;
    this.table = new Srv6Table(topology.bench);
    this.#setOutput = topology.bench.tables<Control>(['setNextHopOutput']).setNextHopOutput;
    const [, second, third] = topology.links;
    topology.route('2001:db8:e::/48', topology.neighbor(second));
    topology.openVrf(CUSTOMER);
    for (const prefix of ['203.0.113.0/24', '2001:db8:c::/48'])
      topology.route(prefix, topology.neighbor(third), CUSTOMER);
    this.#writeVrf();
  }

  static async open(): Promise<Srv6Bench> {
    return new Srv6Bench(await Topology.open());
  }

  /** A next hop that puts segments round packets; without a source it has no headers. */
  encap(encapsulation: Encapsulation, segments: readonly string[], source?: string, mtu = 1400): number {
    const record = ++this.#encaps;
    const headers =
      source === undefined
        ? undefined
        : outerHeaders(encapsulation, parseAddress(source), segments.map(parseAddress));
    this.table.writeEncap(record, 1, headers);
    const nextHop = this.topology.nextHop({ ...encapsulating, mtu });
    this.#setOutput(nextHop, this.topology.bench.node('srv6-output'), record);
    return nextHop;
  }

  /** A SID of ours, to which a route leads. */
  sid(prefix: string, behavior: number, fields: Partial<SidRecord> = {}): void {
    const record = ++this.#sids;
    const plain = {
      flavors: 0,
      blockBits: 32,
      csidBits: 16,
      vrf: 1,
      vrfInterface: VRF_INTERFACE,
      nextHop: 0,
    };
    this.table.writeSid(record, { ...plain, ...fields, behavior });
    const nextHop = this.topology.nextHop({ stage4: 'ip4-reject', stage6: 'srv6-local' });
    this.#setOutput(nextHop, this.topology.bench.node('srv6-local'), record);
    this.topology.route(prefix, nextHop);
  }

  #writeVrf(): void {
    const { bench, interfaces } = this.topology;
    interfaces.write(VRF_INTERFACE, {
      flags: INTERFACE_UP,
      vrf: CUSTOMER,
      mtu: 1500,
      mac: parseMac('00:00:00:00:00:00'),
      port: 0,
      modeNode: bench.node('ether-input'),
      outputNode: bench.node('port-tx'),
      domain: 0,
    });
  }
}

/** The VRF of a customer. */
export const CUSTOMER = 2;
const VRF_INTERFACE = 9;

/** A segment routing header, its segments in the order that packets pass them, with so many left. */
export function segmentHeader(fields: {
  readonly nextHeader: number;
  readonly segments: readonly string[];
  readonly left: number;
  readonly lastEntry?: number;
  readonly type?: number;
}): Uint8Array {
  const { nextHeader, segments, left, lastEntry = segments.length - 1, type = 4 } = fields;
  const start = Uint8Array.of(nextHeader, segments.length * 2, type, left, lastEntry, 0, 0, 0);
  const lastFirst = [...segments].reverse().map((segment) => addressToBytes(parseAddress(segment)));
  return joinBytes(start, ...lastFirst);
}

/** What an IP packet is to the header in front of it. */
export function protocolOf(packet: Uint8Array): number {
  return (packet[0] ?? 0) >> 4 === 6 ? 41 : 4;
}

/** A packet to a SID: an IPv6 header, a routing header when there are segments, and what they carry. */
export function routed(
  fields: {
    readonly source: string;
    readonly destination: string;
    readonly segments?: readonly string[];
    readonly left?: number;
    readonly hopLimit?: number;
    readonly trafficClass?: number;
    readonly flowLabel?: number;
    readonly lastEntry?: number;
    readonly type?: number;
    /** Of what is carried; told by its version where it is an IP packet. */
    readonly nextHeader?: number;
  },
  inner: Uint8Array,
): Uint8Array {
  const { segments = [], left = 0, nextHeader = protocolOf(inner), ...others } = fields;
  if (segments.length === 0) return ipv6Packet({ ...others, nextHeader }, inner);
  const header = segmentHeader({ ...others, nextHeader, segments, left });
  return ipv6Packet({ ...others, nextHeader: 43 }, joinBytes(header, inner));
}

interface Control {
  setNextHopOutput(index: number, node: number, record: number): void;
}
