import type { Topology } from '../../src/features/ip/testing/topology.ts';
import { addressToBytes, parseAddress } from '../../src/net/address.ts';
import { macToBytes, parseMac } from '../../src/net/mac.ts';
import type { SharedAddress, Translation, Tunnel } from '../check/frame.ts';
import type { Sid } from '../check/segments.ts';

/** What overlays are put on: the router, and what the check has to know of it. */
export interface Ground {
  readonly topology: Topology;
  readonly tunnels: Tunnel[];
  readonly sids: Sid[];
  /** The DSCP that frames get on their way in, by port; and ports with a list of rules, both ways. */
  readonly marks: Map<number, number>;
  readonly denying: Set<number>;
  /** Addresses that stand for others behind a port, and those that many share there. */
  readonly translations: Translation[];
  readonly shared: SharedAddress[];
  readonly labels: Set<number>;
  readonly labelsTaken: Set<number>;
  /** The router's MAC addresses inside tunnels, as numbers of 48 bits. */
  readonly innerMacs: number[];
  /** The router's MAC addresses by port and tags, as `placeOf` writes them. */
  readonly macs: Map<number, number[]>;
  /** The MTU by port and tags where frames leave as they came. */
  readonly bridged: Map<number, number>;
  /** Ids of interfaces, for them to be traced, and ports whose interface is up. */
  readonly interfaces: number[];
  readonly ports: Set<number>;
  /** Ports that may take tags off what they receive. */
  readonly strips: Set<number>;
  /** Who has which address, in hexadecimal digits, behind the bridge, which answers for them. */
  readonly neighbors: Map<string, number>;
  /** Says where a neighbour is. */
  station(mac: string, ports: readonly number[], mtu: number): void;
  /** Lets packets to 198.51.PLACE.0/24, and to the IPv6 prefix beside it, go to a next hop, in VRF 1 and 2. */
  route(place: number, nextHop: number): void;
  /** Lets an interface answer for an address. */
  answer(iface: number, address: string): void;
  /** Gives datagrams to a UDP port of ours to a stage. */
  takePort(port: number, stage: string): void;
}

/** More tags than any interface here has. */
const MOST_TAGS = 3;

/** A port and the VLANs of the first so many of a frame's tags, as a key. */
export function placeOf(port: number, tags: readonly number[], count = tags.length): number {
  if (count > MOST_TAGS) return -1;
  let key = port + 1;
  for (let i = 0; i < count; i++) key = key * 4097 + (tags[i] ?? 0) + 1;
  return key;
}

/** A MAC address as a number of 48 bits, first byte highest. */
export function numberOf(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', ''), 16);
}

/** A MAC address as a word of memory, first byte lowest. */
export function macKey(mac: string): bigint {
  const bytes = new Uint8Array(8);
  bytes.set(macToBytes(parseMac(mac)));
  return new DataView(bytes.buffer).getBigUint64(0, true);
}

/** An address as hexadecimal digits. */
export function hexOf(text: string): string {
  return Buffer.from(addressToBytes(parseAddress(text))).toString('hex');
}
