import assert from 'node:assert/strict';
import type { Outcome } from '../../../engine/testing/bench.ts';
import { parseAddress } from '../../../net/address.ts';
import { etherFrame, ipv4Packet, ipv6Packet, joinBytes, udpDatagram } from '../../../net/frame/build.ts';
import { parseMac } from '../../../net/mac.ts';
import { INTERFACE_UP } from '../../interface/layout.ts';
import { type Link, Topology } from '../../ip/testing/topology.ts';
import { macWord } from '../../neighbor/index.ts';
import { VXLAN_IP6, VXLAN_READY } from '../layout.ts';
import type { VxlanFunctions } from '../table-functions.ts';
import { endWords } from '../vxlan.ts';

/** An interface of type vxlan on the bench, and a station behind it that routes lead to. */
export interface Tunnel {
  readonly id: number;
  readonly vni: number;
  readonly mac: string;
  /** Our end on the second link. */
  readonly local: string;
  /** The host on the second link, which is the first far end. */
  readonly remote: string;
  readonly station: { readonly mac: string; readonly address4: string; readonly address6: string };
}

/**
 * The bench with two tunnels over its second link, whose hosts are far ends:
 *
 *   first host ── 1 │ router │ 2 ══ VNI 100 over IPv4, VNI 200 over IPv6 ══ 192.0.2.0/24, 198.51.100.0/24
 */
export class VxlanBench {
  readonly topology: Topology;
  readonly over4: Tunnel;
  readonly over6: Tunnel;
  readonly table: VxlanFunctions;

  constructor(topology: Topology) {
    this.topology = topology;
    this.table = topology.bench.tables<VxlanFunctions>(tableNames);
    topology.take('protocol4', 17, 'udp-input');
    topology.take('protocol6', 17, 'udp-input');
    this.takePort(4789);
    const [, second] = topology.links;
    this.over4 = this.#tunnel(9, 100, second.address4, second.host.address4, '192.0.2');
    this.over6 = this.#tunnel(10, 200, second.address6, second.host.address6, '198.51.100');
    for (const tunnel of [this.over4, this.over6]) this.flood(tunnel, [tunnel.remote]);
  }

  static async open(): Promise<VxlanBench> {
    return new VxlanBench(await Topology.open());
  }

  /** Gives a UDP port to tunnels. */
  takePort(port: number): void {
    const { bench } = this.topology;
    const place = bench.region('UDP_PORTS') + (((port & 255) << 8) | (port >> 8)) * 2;
    bench.view.setUint16(place, bench.node('vxlan-input'), true);
  }

  /** Writes what a tunnel sends and receives by. */
  write(tunnel: Tunnel, options: { readonly flags?: number; readonly port?: number } = {}): void {
    const { low, high } = endWords(parseAddress(tunnel.local));
    const family = tunnel.local.includes(':') ? VXLAN_IP6 : 0;
    const flags = options.flags ?? VXLAN_READY;
    this.table.setVxlan(tunnel.id, flags && flags | family, 1, tunnel.vni, options.port ?? 4789, low, high);
  }

  /** The name of the far end with an address. */
  farEnd(address: string): number {
    const { low, high } = endWords(parseAddress(address));
    return this.table.putFarEnd(low, high) >>> 0;
  }

  flood({ id }: Tunnel, addresses: readonly string[]): void {
    const list = addresses.length === 0 ? 0 : this.table.newFloodList(addresses.length);
    for (const [place, address] of addresses.entries())
      this.table.setFloodMember(list, place, this.farEnd(address));
    this.table.publishFloodList(id, list, addresses.length);
  }

  /** Says behind which far end a station is. */
  station({ id }: Tunnel, mac: string, farEnd: string): void {
    assert.ok(this.table.putVxlanStation(id, macWord(parseMac(mac)), this.farEnd(farEnd)));
  }

  /** Receives a frame in a datagram from a tunnel's far end. */
  receive(tunnel: Tunnel, frame: Uint8Array, options: DatagramFields = {}): Outcome {
    const [, second] = this.topology.links;
    return this.topology.receive(second, datagram(tunnel, frame, options), {
      ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
    });
  }

  writeInterface(
    { id, mac }: Tunnel,
    options: { readonly flags?: number; readonly mtu?: number } = {},
  ): void {
    const { bench, interfaces } = this.topology;
    interfaces.write(id, {
      flags: options.flags ?? INTERFACE_UP,
      vrf: 1,
      mtu: options.mtu ?? 1450,
      mac: parseMac(mac),
      port: 0,
      modeNode: bench.node('ether-input'),
      outputNode: bench.node('vxlan-output'),
      domain: 0,
    });
  }

  #tunnel(id: number, vni: number, local: string, remote: string, network: string): Tunnel {
    const station = {
      mac: `02:00:00:00:0${vni / 100}:99`,
      address4: `${network}.9`,
      address6: `2001:db8:${vni}::9`,
    };
    const tunnel: Tunnel = { id, vni, mac: `02:00:00:00:00:${vni / 10}`, local, remote, station };
    this.writeInterface(tunnel);
    this.write(tunnel);
    assert.ok(this.table.bindVni(1, vni, id));
    const [first] = this.topology.links;
    const link: Link = { ...first, id, mac: tunnel.mac };
    const neighbor = this.topology.neighbor(link, { mac: station.mac, mtu: 1450 });
    this.topology.route(`${network}.0/24`, neighbor);
    this.topology.route(`2001:db8:${vni}::/64`, neighbor);
    return tunnel;
  }
}

export interface DatagramFields {
  readonly source?: string;
  readonly destination?: string;
  readonly port?: number;
  readonly tos?: number;
  readonly flags?: number;
  readonly vni?: number;
  readonly reserved?: number;
  /** Keeps only so many bytes of what follows the UDP header. */
  readonly keep?: number;
  readonly segmentBytes?: number;
}

/** A datagram from a tunnel's far end, as RFC 7348 5 draws it, built without any code of the datapath. */
export function datagram(tunnel: Tunnel, frame: Uint8Array, options: DatagramFields = {}): Uint8Array {
  const { source = tunnel.remote, destination = tunnel.local, tos = 0, port = 4789 } = options;
  const payload = joinBytes(vxlanHeader({ vni: tunnel.vni, ...options }), frame);
  const udp = udpDatagram({ source: 51000, destination: port }, payload.subarray(0, options.keep));
  if (tunnel.local.includes(':'))
    return ipv6Packet({ source, destination, nextHeader: 17, trafficClass: tos }, udp);
  return ipv4Packet({ source, destination, protocol: 17, tos }, udp);
}

export function vxlanHeader({
  flags = 8,
  vni,
  reserved = 0,
}: {
  readonly flags?: number;
  readonly vni: number;
  readonly reserved?: number;
}): Uint8Array {
  return Uint8Array.of(flags, reserved, reserved, reserved, vni >> 16, (vni >> 8) & 255, vni & 255, reserved);
}

/** A frame between a tunnel's station and its interface. */
export function frameFrom({ station, mac }: Tunnel, packet: Uint8Array): Uint8Array {
  const etherType = (packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
  return etherFrame({ destination: mac, source: station.mac, etherType }, packet);
}

const tableNames = [
  'setVxlan',
  'bindVni',
  'unbindVni',
  'noteVnis',
  'newFloodList',
  'setFloodMember',
  'publishFloodList',
  'putFarEnd',
  'restoreFarEnd',
  'retireFarEnd',
  'freeFarEnd',
  'putVxlanStation',
  'dropVxlanStation',
] as const;
