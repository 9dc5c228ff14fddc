import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { CONTROL_TICKS_PER_SECOND, MODE_MEASURE } from '../../../engine/layout.ts';
import { Bench, type Outcome } from '../../../engine/testing/bench.ts';
import { addressToBytes, parseAddress } from '../../../net/address.ts';
import { etherFrame } from '../../../net/frame/build.ts';
import { parseMac } from '../../../net/mac.ts';
import { parsePrefix } from '../../../net/prefix.ts';
import { packetPath } from '../../../programs/vrouter/packet-path.ts';
import { etherTypeEntry } from '../../ether/index.ts';
import { InterfaceTable } from '../../interface/index.ts';
import { INTERFACE_UP } from '../../interface/layout.ts';
import { macWord } from '../../neighbor/index.ts';
import { NEXT_HOP_CONNECTED, NEXT_HOP_LOCAL, NEXT_HOP_RESOLVED } from '../../neighbor/layout.ts';
import { inputStages } from '../input-stages.ts';

/** One of the topology's three interfaces, with the host on its link. Number N has port N - 1. */
export interface Link {
  readonly id: number;
  readonly port: number;
  readonly mac: string;
  readonly address4: string;
  readonly address6: string;
  readonly linkLocal: string;
  readonly host: { readonly mac: string; readonly address4: string; readonly address6: string };
}

/**
 * The bench with a router on it:
 *
 *   host 10.0.N.2, 2001:db8:N::2 ── 10.0.N.1, 2001:db8:N::1, fe80::N │ interface N, port N - 1 │   N = 1, 2, 3
 *
 * Every host's address is resolved; the rest of each subnet is not. MTU 1500, all in VRF 1.
 */
export class Topology {
  readonly bench: Bench;
  readonly links: readonly [Link, Link, Link];
  readonly interfaces: InterfaceTable;
  readonly #control: ControlFunctions;
  #nextHops = 0;

  constructor(bench: Bench) {
    this.bench = bench;
    this.#control = bench.tables<ControlFunctions>(controlNames);
    this.interfaces = new InterfaceTable(bench.tables);
    this.#control.hookIp();
    for (const [etherType, stage] of inputStages) this.takeType(etherType, stage);
    this.openVrf(1);
    this.links = [this.#link(1), this.#link(2), this.#link(3)];
  }

  static async open(): Promise<Topology> {
    return new Topology(await Bench.open(packetPath, buildFolder));
  }

  /** Makes a VRF's forwarding tables. */
  openVrf(vrf: number): void {
    for (const roots of ['FIB4_ROOTS', 'FIB6_ROOTS']) {
      this.bench.view.setUint32(this.bench.region(roots) + vrf * 4, this.#control.newFib(), true);
    }
  }

  /** Adds a next hop; `mac` makes it a resolved neighbour, `members` (a power of two of indices) a group. */
  nextHop(fields: {
    readonly stage4: string;
    readonly stage6: string;
    readonly link?: Link;
    readonly mac?: string;
    readonly mtu?: number;
    readonly flags?: number;
    readonly members?: readonly number[];
    /** The VRF that it belongs to. */
    readonly vrf?: number;
  }): number {
    const index = ++this.#nextHops;
    const { setNextHop, setNextHopAddress, setNextHopMacs, newMembers, setMember, publishMembers } =
      this.#control;
    const flags = (fields.flags ?? 0) | (fields.mac ? NEXT_HOP_RESOLVED : 0);
    const nodes = [this.bench.node(fields.stage4), this.bench.node(fields.stage6)] as const;
    setNextHop(index, ...nodes, fields.link?.id ?? 0, fields.mtu ?? 1500, flags);
    if (fields.vrf) setNextHopAddress(index, fields.vrf, 0n, 0n);
    if (fields.mac && fields.link)
      setNextHopMacs(index, macWord(parseMac(fields.mac)), macWord(parseMac(fields.link.mac)));
    if (fields.members) {
      const members = newMembers(fields.members.length);
      fields.members.forEach((member, place) => {
        setMember(members, place, member);
      });
      publishMembers(index, members, fields.members.length);
    }
    return index;
  }

  /** Adds a resolved neighbour on a link: a gateway for routes. */
  neighbor(link: Link, options: { readonly mac?: string; readonly mtu?: number } = {}): number {
    const mac = options.mac ?? link.host.mac;
    return this.nextHop({ ...forwarding, link, mac, mtu: options.mtu ?? 1500 });
  }

  /** Adds or replaces a route; `false` when the tables are full. */
  route(prefix: string, nextHop: number, vrf = 1): boolean {
    const { address, length } = parsePrefix(prefix);
    const bytes = addressToBytes(address);
    new Uint8Array(this.bench.memory.buffer).set(bytes, SCRATCH);
    const roots = this.bench.region(bytes.length === 4 ? 'FIB4_ROOTS' : 'FIB6_ROOTS');
    const root = this.bench.view.getUint32(roots + vrf * 4, true);
    return this.#control.setPrefix(root, SCRATCH, length, nextHop) !== 0;
  }

  /** Limits ICMP errors; the clock ticks in nanoseconds. There is no limit at the start. */
  limitErrors(limit: { readonly perSecond: number; readonly atOnce: number }): void {
    const limits = this.bench.region('ICMP_LIMITS');
    this.bench.view.setBigUint64(CONTROL_TICKS_PER_SECOND, 1_000_000_000n, true);
    this.bench.view.setUint32(limits, limit.perSecond, true);
    this.bench.view.setUint32(limits + 4, limit.atOnce, true);
  }

  /** Hangs a stage into the tables of protocols (0 for what nobody else takes) or ICMPv6 types. */
  take(what: 'protocol4' | 'protocol6' | 'icmp6', number: number, stage: string | undefined): void {
    const node = stage === undefined ? 0 : this.bench.node(stage);
    if (what === 'protocol4') this.#control.setProtocolNode4(number, node);
    else if (what === 'protocol6') this.#control.setProtocolNode6(number, node);
    else this.#control.setIcmp6Node(number, node);
  }

  /** Gives packets of an ethertype to a stage. */
  takeType(etherType: number, stage: string): void {
    const entry = etherTypeEntry(this.bench.region('ETHER_TYPES'), etherType);
    this.bench.view.setUint16(entry, this.bench.node(stage), true);
  }

  /** Receives an IP packet on a link from its host, both ways: fast and stage by stage, which must agree. */
  receive(link: Link, packet: Uint8Array, options: ReceiveOptions = {}): Outcome {
    const fast = this.receiveOnce(link, packet, options);
    this.bench.mode = MODE_MEASURE;
    const slow = this.receiveOnce(link, packet, options);
    this.bench.mode = 0;
    assert.deepEqual(fast, slow, 'the fast way and the measured way part');
    return fast;
  }

  /** Receives an IP packet on a link from its host; all its buffers must be accounted for afterwards. */
  receiveOnce(link: Link, packet: Uint8Array, options: ReceiveOptions = {}): Outcome {
    const destination = options.destination ?? link.mac;
    const etherType = (packet[0] ?? 0x40) >> 4 === 6 ? 0x86dd : 0x0800;
    const frame = etherFrame({ destination, source: link.host.mac, etherType }, packet);
    const outcome = this.bench.receive(link.port, [frame], options);
    assert.equal(this.bench.buffersOut, 0, 'buffers are lost');
    return outcome;
  }

  #link(number: number): Link {
    const link: Link = {
      id: number,
      port: number - 1,
      mac: `02:00:00:00:00:0${number}`,
      address4: `10.0.${number}.1`,
      address6: `2001:db8:${number}::1`,
      linkLocal: `fe80::${number}`,
      host: {
        mac: `02:00:00:00:01:0${number}`,
        address4: `10.0.${number}.2`,
        address6: `2001:db8:${number}::2`,
      },
    };
    const connected = this.nextHop({ ...forwarding, link, flags: NEXT_HOP_CONNECTED });
    this.#writeInterface(link, connected);
    this.route(`10.0.${number}.0/24`, connected);
    this.route(`2001:db8:${number}::/64`, connected);
    const local = this.nextHop({ stage4: 'ip4-local', stage6: 'ip6-local', link, flags: NEXT_HOP_LOCAL });
    this.route(`${link.address4}/32`, local);
    this.route(`${link.address6}/128`, local);
    const host = this.neighbor(link);
    this.route(`${link.host.address4}/32`, host);
    this.route(`${link.host.address6}/128`, host);
    return link;
  }

  #writeInterface(link: Link, linkNextHop: number): void {
    this.interfaces.write(link.id, {
      flags: INTERFACE_UP,
      vrf: 1,
      mtu: 1500,
      mac: parseMac(link.mac),
      port: link.port,
      modeNode: this.bench.node('ether-input'),
      outputNode: this.bench.node('port-tx'),
      domain: 0,
    });
    this.interfaces.setSources(link.id, {
      address4: addressToBytes(parseAddress(link.address4)),
      address6: addressToBytes(parseAddress(link.address6)),
      linkLocal: addressToBytes(parseAddress(link.linkLocal)),
    });
    this.#control.setLinkNextHop(link.id, linkNextHop);
    this.bench.view.setUint16(this.bench.region('PORT_INTERFACES') + link.port * 2, link.id, true);
  }
}

export interface ReceiveOptions {
  /** MAC address the frame is sent to; the interface's own by default. */
  readonly destination?: string;
  /** What the port says of the frame (rte_mbuf ol_flags). */
  readonly olFlags?: bigint;
  /** Bytes in each segment of the chained buffer. */
  readonly segmentBytes?: number;
}

/** The stages of a next hop that packets pass on their way to another station. */
export const forwarding = { stage4: 'ip4-forward', stage6: 'ip6-forward' } as const;

/** The same of a next hop that puts something round packets. */
export const encapsulating = { stage4: 'ip4-encapsulate', stage6: 'ip6-forward' } as const;

/** The IP packet in a frame that was sent. */
export function packetIn(frame: { readonly bytes: Uint8Array } | undefined): Uint8Array {
  assert.ok(frame, 'no frame was sent');
  return frame.bytes.subarray(14);
}

/** Memory that no table uses, for the addresses that control functions take by pointer. */
const SCRATCH = 4096;

const buildFolder = fileURLToPath(new URL('../../../../build', import.meta.url));

interface ControlFunctions {
  hookIp(): void;
  newFib(): number;
  setPrefix(root: number, address: number, length: number, nextHop: number): number;
  setLinkNextHop(iface: number, nextHop: number): void;
  setNextHop(index: number, node4: number, node6: number, iface: number, mtu: number, flags: number): void;
  setNextHopAddress(index: number, vrf: number, low: bigint, high: bigint): void;
  setNextHopMacs(index: number, destination: bigint, source: bigint): void;
  newMembers(count: number): number;
  setMember(members: number, place: number, index: number): void;
  publishMembers(index: number, members: number, count: number): void;
  setProtocolNode4(protocol: number, node: number): void;
  setProtocolNode6(protocol: number, node: number): void;
  setIcmp6Node(type: number, node: number): void;
}

const controlNames = [
  'hookIp',
  'newFib',
  'setPrefix',
  'setLinkNextHop',
  'setNextHop',
  'setNextHopAddress',
  'setNextHopMacs',
  'newMembers',
  'setMember',
  'publishMembers',
  'setProtocolNode4',
  'setProtocolNode6',
  'setIcmp6Node',
] as const;
