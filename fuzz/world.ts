import type { DatapathSource } from '../src/engine/compiler/compile.ts';
import { CONTROL_TICKS_PER_SECOND } from '../src/engine/layout.ts';
import { Bench } from '../src/engine/testing/bench.ts';
import {
  INTERFACE_RECORD_BYTES,
  INTERFACE_SNOOPING,
  INTERFACE_TX_L4_CKSUM,
  INTERFACE_UP,
} from '../src/features/interface/layout.ts';
import { forwarding, type Link, Topology } from '../src/features/ip/testing/topology.ts';
import { NEXT_HOP_CONNECTED, NEXT_HOP_FAILED, NEXT_HOP_LOCAL } from '../src/features/neighbor/layout.ts';
import { addressToBytes, parseAddress } from '../src/net/address.ts';
import { parseMac } from '../src/net/mac.ts';
import type { SharedAddress, Stations, Translation, Tunnel } from './check/frame.ts';
import type { Sid } from './check/segments.ts';
import { Sessions } from './check/sessions.ts';
import type { Setting } from './input.ts';
import { addBond } from './overlays/bond.ts';
import { addBridge, type FuzzedBridge } from './overlays/bridge.ts';
import { addCrossConnect } from './overlays/cross-connect.ts';
import { addFilters } from './overlays/filter.ts';
import { type Ground, placeOf } from './overlays/ground.ts';
import { addHooks } from './overlays/hooks.ts';
import { addIpips } from './overlays/ipip.ts';
import { addLabels } from './overlays/mpls.ts';
import { addNat } from './overlays/nat.ts';
import type { NatTables } from './overlays/nat-tables.ts';
import { addLimits, type FuzzedLimits } from './overlays/police.ts';
import { addSegments } from './overlays/srv6.ts';
import { addVlans } from './overlays/vlan.ts';
import { addVxlans } from './overlays/vxlan.ts';

const nobody: readonly number[] = [];
const MAC_PREFIX = 0x0200_0000_0000;
/** More bytes than a burst has. */
const LARGEST = 0x1000_0000;
/** ICMPv6 types that daemons of the host speak. */
const hostTypes = [130, 131, 132, 134, 143];

/**
 * The router that is fuzzed, with everything configured. To the links of the packet tests come:
 *
 *   link 1  port 0, VRF 1, fills checksums       link 3  port 2, VRF 2, MTU 600, snoops, fills checksums
 *   link 2  port 1, VRF 1                        interface 4, port 3: down; interface 5, port 4: no addresses
 *
 * and routes to 198.51.100.0/24, 101, …, and 2001:db8:f0::/48, f1, …, each of another kind: see `#routes`.
 */
export class World implements Stations, Ground {
  readonly topology: Topology;
  readonly tunnels: Tunnel[] = [];
  readonly sids: Sid[] = [];
  readonly marks = new Map<number, number>();
  readonly denying = new Set<number>();
  readonly translations: Translation[] = [];
  readonly shared: SharedAddress[] = [];
  readonly sessions = new Sessions();
  readonly nat: NatTables;
  readonly labels = new Set<number>();
  readonly labelsTaken = new Set<number>();
  readonly innerMacs: number[] = [];
  readonly macs = new Map<number, number[]>();
  readonly bridged = new Map<number, number>();
  readonly ports = new Set([0, 1, 2, 4]);
  readonly strips = new Set<number>();
  readonly neighbors = new Map<string, number>();
  readonly interfaces = [1, 2, 3, 5];
  readonly #stations = new Map<number, { ports: readonly number[]; mtu: number }>();
  /** The next hop of an interface whose neighbour is found out while packets are held. */
  readonly #late = new Map<number, number>();
  readonly #failed: number;
  readonly #bridge: FuzzedBridge;
  readonly #limits: FuzzedLimits;
  readonly #nodes = new Map<string, number>();
  #host: boolean | undefined;
  #lastMac = 0x0200;

  constructor(topology: Topology) {
    this.topology = topology;
    for (const port of [0, 1, 2, 4]) this.macs.set(placeOf(port, []), [MAC_PREFIX + port + 1]);
    for (const link of topology.links) this.#link(link);
    this.#failed = topology.nextHop({ stage4: 'ip4-reject', stage6: 'ip6-reject', flags: NEXT_HOP_FAILED });
    this.#interfaces();
    this.#routes();
    addHooks(this);
    addVlans(this);
    addCrossConnect(this);
    addBond(this);
    this.#bridge = addBridge(this, addVxlans(this));
    addLabels(this);
    addIpips(this);
    addSegments(this);
    addFilters(this);
    this.nat = addNat(this);
    this.#limits = addLimits(this);
  }

  static async open(source: DatapathSource, buildFolder: string): Promise<World> {
    return new World(new Topology(await Bench.open(source, buildFolder)));
  }

  macsOn(port: number, tags: readonly number[]): readonly number[] {
    return this.macs.get(placeOf(port, tags)) ?? nobody;
  }

  /** Tags behind those of a sub-interface are the frame's own. */
  bridgedMtu(port: number, tags: readonly number[]): number | undefined {
    for (let own = tags.length; own >= 0; own--) {
      const mtu = this.bridged.get(placeOf(port, tags, own));
      if (mtu !== undefined) return mtu;
    }
    return undefined;
  }

  station(mac: string, ports: readonly number[], mtu: number): void {
    this.#stations.set(Number.parseInt(mac.replaceAll(':', ''), 16), { ports, mtu });
  }

  stationWith(mac: number): { readonly ports: readonly number[]; readonly mtu: number } | undefined {
    return this.#stations.get(mac);
  }

  fillsChecksums(port: number): boolean {
    return port === 0 || port === 2;
  }

  /** Whether the port of a number takes VLAN tags off what it receives, and tells of them. */
  stripsTags(port: number): boolean {
    return this.strips.has(port);
  }

  route(place: number, nextHop: number): void {
    for (const vrf of [1, 2]) {
      this.topology.route(`198.51.${place}.0/24`, nextHop, vrf);
      this.topology.route(`2001:db8:${(0xf0 + place - 100).toString(16)}::/48`, nextHop, vrf);
    }
  }

  /** The next hop that a held packet goes on to, once its neighbour is known or has failed. */
  nextHopAfter(nextHop: number, found: boolean): number {
    const { bench } = this.topology;
    const iface = bench.view.getUint16(bench.region('NEXT_HOPS') + nextHop * 64 + 4, true);
    return (found ? this.#late.get(iface) : undefined) ?? this.#failed;
  }

  /** Id of a stage. */
  node(name: string): number {
    const known = this.#nodes.get(name) ?? this.topology.bench.node(name);
    this.#nodes.set(name, known);
    return known;
  }

  /** Sets the router as a burst wants it. */
  apply({ host, suppress, bridge, errors }: Setting): void {
    this.#bridge.set(suppress === true, bridge);
    if (host !== this.#host) this.#setHost(host);
    this.#host = host;
    const { topology } = this;
    if (errors === undefined) topology.bench.view.setBigUint64(CONTROL_TICKS_PER_SECOND, 0n, true);
    else topology.limitErrors({ perSecond: Math.max(errors, 1), atOnce: Math.max(errors, 1) });
  }

  /** Fills the buckets of rate limits, each way anew. */
  fillBuckets({ rate = LARGEST }: Setting): void {
    this.#limits.fill(rate);
  }

  #setHost(host: boolean): void {
    const { topology } = this;
    const stage = host ? 'host-deliver' : undefined;
    topology.take('protocol4', 0, stage);
    topology.take('protocol6', 0, stage);
    for (const type of hostTypes) topology.take('icmp6', type, stage);
  }

  /** Changes flags of all interfaces. */
  setFlags(flags: number, on: boolean): void {
    const { view } = this.topology.bench;
    const interfaces = this.topology.bench.region('INTERFACES');
    for (const id of this.interfaces) {
      const at = interfaces + id * INTERFACE_RECORD_BYTES;
      const now = view.getUint32(at, true);
      view.setUint32(at, on ? now | flags : now & ~flags, true);
    }
  }

  #link(link: Link): void {
    this.#stations.set(MAC_PREFIX + 0x0100 + link.id, { ports: [link.port], mtu: 1500 });
    this.#late.set(link.id, this.#neighbor(link, 1500));
    for (const address of [link.address4, link.address6, link.linkLocal]) this.answer(link.id, address);
  }

  /** Adds a neighbour with a MAC address of its own, so that frames to it tell what they may be. */
  #neighbor(link: Link, mtu: number): number {
    const last = ++this.#lastMac;
    const mac = `02:00:00:00:${(last >> 8).toString(16).padStart(2, '0')}:${(last & 255).toString(16).padStart(2, '0')}`;
    this.#stations.set(MAC_PREFIX + last, { ports: [link.port], mtu });
    return this.topology.neighbor(link, { mac, mtu });
  }

  answer(iface: number, text: string): void {
    const bytes = new Uint8Array(16);
    const address = addressToBytes(parseAddress(text));
    bytes.set(address);
    const view = new DataView(bytes.buffer);
    const family = address.length === 4 ? 4 : 6;
    const { answerFor } = this.topology.bench.tables<AnswerFunctions>(['answerFor']);
    answerFor(iface, family, view.getBigUint64(0, true), view.getBigUint64(8, true));
  }

  #interfaces(): void {
    const { bench, links } = this.topology;
    const interfaces = bench.region('INTERFACES');
    const ports = bench.region('PORT_INTERFACES');
    bench.view.setUint32(interfaces + INTERFACE_RECORD_BYTES, INTERFACE_UP | INTERFACE_TX_L4_CKSUM, true);
    const third = interfaces + links[2].id * INTERFACE_RECORD_BYTES;
    bench.view.setUint32(third, INTERFACE_UP | INTERFACE_SNOOPING | INTERFACE_TX_L4_CKSUM, true);
    bench.view.setUint16(third + 4, 2, true);
    bench.view.setUint16(third + 6, 600, true);
    const record = {
      vrf: 1,
      mtu: 1500,
      modeNode: bench.node('ether-input'),
      outputNode: bench.node('port-tx'),
      domain: 0,
    };
    for (const [id, flags] of [
      [4, 0],
      [5, INTERFACE_UP],
    ] as const) {
      const mac = parseMac(`02:00:00:00:00:0${id}`);
      this.topology.interfaces.write(id, { ...record, flags, mac, port: id - 1 });
      bench.view.setUint16(ports + (id - 1) * 2, id, true);
    }
  }

  #routes(): void {
    const { topology } = this;
    const [first, second, third] = topology.links;
    topology.openVrf(0);
    topology.openVrf(2);
    const plain = topology.neighbor(first);
    const refusing = { stage4: 'ip4-reject', stage6: 'ip6-reject' };
    const grouping = { stage4: 'ip4-group', stage6: 'ip6-group' };
    const broadcast = topology.nextHop({ stage4: 'ip4-multicast', stage6: 'ip6-multicast', link: first });
    const connected3 = topology.nextHop({ ...forwarding, link: third, flags: NEXT_HOP_CONNECTED, mtu: 600 });
    const local3 = { stage4: 'ip4-local', stage6: 'ip6-local', link: third, flags: NEXT_HOP_LOCAL };
    const narrow = this.#neighbor(second, 300);
    const kinds = [
      narrow,
      this.#neighbor(first, 68),
      topology.nextHop({ stage4: 'ip-blackhole', stage6: 'ip-blackhole' }),
      topology.nextHop(refusing),
      this.#failed,
      topology.nextHop({ ...grouping, members: [plain, narrow, plain, this.#failed] }),
      topology.nextHop({ ...grouping, members: [] }),
      topology.neighbor({ ...first, id: 4 }),
      this.#neighbor(third, 1280),
      this.#neighbor(first, 40),
    ];
    this.#circle();
    for (const [i, nextHop] of kinds.entries()) this.route(100 + i, nextHop);
    for (const vrf of [1, 2]) topology.route('10.0.1.255/32', broadcast, vrf);
    topology.route('10.0.3.0/24', connected3, 2);
    topology.route('2001:db8:3::/64', connected3, 2);
    topology.route('10.0.3.1/32', topology.nextHop(local3), 2);
    topology.route('2001:db8:3::1/128', topology.nextHop(local3), 2);
    topology.route('0.0.0.0/0', this.#neighbor(third, 600), 2);
    topology.route('::/0', this.#neighbor(third, 600), 2);
  }

  /** Routes that lead from either VRF to the other, and back. */
  #circle(): void {
    for (const [vrf, other] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const nextHop = this.topology.nextHop({ stage4: 'ip4-vrf', stage6: 'ip6-vrf', vrf: other });
      this.topology.route('198.51.132.0/24', nextHop, vrf);
      this.topology.route('2001:db8:110::/48', nextHop, vrf);
    }
  }

  /** Gives datagrams to a UDP port of ours to a stage. */
  takePort(port: number, stage: string): void {
    const { bench } = this.topology;
    const place = bench.region('UDP_PORTS') + (((port & 0xff) << 8) | (port >> 8)) * 2;
    bench.view.setUint16(place, bench.node(stage), true);
  }
}

interface AnswerFunctions {
  answerFor(iface: number, family: number, low: bigint, high: bigint): number;
}
