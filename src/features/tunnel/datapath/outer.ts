import { worker } from '../../../engine/datapath/instance';
import { NODE_ETHER_OUTPUT } from '../../../engine/datapath/nodes';
import { NO_FRAME, PACKET_DEPTH, PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { FIB4_ROOTS, FIB6_ROOTS } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';
import { checksumOf } from '../../../net/datapath/checksum';
import { TYPE_IP4_RAW, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { IP4_DEFAULT_TTL, IP4_HEADER_BYTES, IP4_PLAIN, Ip4Header } from '../../../net/datapath/ip4-header';
import {
  IP6_DEFAULT_HOP_LIMIT,
  IP6_HEADER_BYTES,
  IP6_PLAIN_RAW,
  Ip6Header,
} from '../../../net/datapath/ip6-header';
import { lookup4, lookup6 } from '../../ip/datapath/fib';
import { route4, route6 } from '../../ip/datapath/route';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { noteUse } from '../../neighbor/datapath/next-hop-use';

// The outer headers of tunnels, innermost first: a tunnel's stage pushes its own header, then UDP where it has that,
// then IP, and asks `sendOuter` for the way. The way is looked up for each packet, so that a tunnel moves with its
// underlay's routes and spreads over their groups. Where it leads to a neighbour who takes the packet as it is, IP would
// do nothing more: it goes to its Ethernet header at once.

/** Where in a packet's flags its depth begins. */
const DEPTH_SHIFT: u32 = 8;
/** As often may tunnels lead into tunnels. */
const MOST_DEPTH: u32 = 4;

/** Bytes that a tunnel may put in front of a packet, and the Ethernet header with its tags that follows. */
const ROOM: u32 = 96;
/** Bytes that a tunnel may put in front of a packet of which `canDeepen` holds. */
export const OUTER_ROOM: u32 = 64;
/** What an Ethernet header with its tags takes. */
const FRAME_ROOM: u32 = 32;

/**
 * Counts one more tunnel round a packet, and makes room for its headers where there is little left; false when there are
 * so many round it that one must lead into itself.
 */
export function deepen(packet: Packet): bool {
  const depth = (packet.flags & PACKET_DEPTH) >> DEPTH_SHIFT;
  if (depth == MOST_DEPTH) return false;
  packet.flags += 1 << DEPTH_SHIFT;
  if (packet.dataOff < <u16>ROOM) makeRoom(packet, ROOM);
  return true;
}

/** The same for a tunnel that puts many bytes in front. */
export function deepenFor(packet: Packet, bytes: u32): bool {
  if (!deepen(packet)) return false;
  const room = bytes + FRAME_ROOM;
  if (packet.dataOff < <u16>room) makeRoom(packet, room);
  return true;
}

/** Tells whether `deepen` would find room and count one more. @inline */
export function canDeepen(packet: Packet): bool {
  return packet.dataOff >= <u16>ROOM && (packet.flags & PACKET_DEPTH) != MOST_DEPTH << DEPTH_SHIFT;
}

/** What `deepen` does where that is so. @inline */
export function deepenPlainly(packet: Packet): void {
  packet.flags += 1 << DEPTH_SHIFT;
}

/** Moves a packet's first segment back where the buffer is long enough: what has no room then is dropped by its stage. */
function makeRoom(packet: Packet, room: u32): void {
  const end: u32 = packet.dataOff + packet.dataLen;
  if (end + room > packet.bufLen) return;
  memory.copy(packet.data + room, packet.data, packet.dataLen);
  packet.dataOff += <u16>room;
  if (packet.frameOff != NO_FRAME) packet.frameOff += <u16>room;
}

/** First port of the range that tunnels choose source ports from, and how many there are (RFC 7348 5, RFC 7510 3). */
const ENTROPY_FIRST: u32 = 49152;
const ENTROPY_MASK: u32 = 16383;

/** The UDP source port, as it lies on the wire, that tells a flow from others by its hash. @inline */
export function entropyPort(hash: u32): u16 {
  return bswap<u16>(<u16>(ENTROPY_FIRST + (hash & ENTROPY_MASK)));
}

/** Puts a UDP header without checksum in front, the ports as they lie on the wire; false without room. */
export function pushUdp(packet: Packet, sourcePort: u16, destinationPort: u16): bool {
  if (!packet.prepend(UDP_HEADER_BYTES)) return false;
  putUdp(packet.data, packet.pktLen, sourcePort, destinationPort);
  return true;
}

/** Writes a UDP header without checksum for a datagram of `bytes` with it. @inline */
export function putUdp(udp: usize, bytes: u32, sourcePort: u16, destinationPort: u16): void {
  store<u32>(udp, <u32>sourcePort | ((<u32>destinationPort) << 16));
  store<u32>(udp, bswap<u16>(<u16>bytes), 4);
}

export const UDP_HEADER_BYTES: u32 = 8;

/** Identifications of outer packets, which may be cut into fragments on their way. */
let identification: u16 = 0;

/**
 * Puts an IPv4 header in front, the addresses as they lie on the wire; false without room. It may be fragmented unless
 * `fragmentRaw` (IP4_DONT_FRAGMENT_RAW) says no.
 */
export function pushIp4(
  packet: Packet,
  protocol: u32,
  source: u32,
  destination: u32,
  tos: u32,
  fragmentRaw: u16,
): bool {
  if (packet.pktLen > 65535 - IP4_HEADER_BYTES || !packet.prepend(IP4_HEADER_BYTES)) return false;
  putIp4(packet, protocol, source, destination, tos, fragmentRaw);
  return true;
}

/** Writes an IPv4 header where a packet begins, word by word, with the packet's length. @inline */
export function putIp4(
  packet: Packet,
  protocol: u32,
  source: u32,
  destination: u32,
  tos: u32,
  fragmentRaw: u16,
): void {
  const start = <u32>IP4_PLAIN | (tos << 8) | ((<u32>bswap<u16>(<u16>packet.pktLen)) << 16);
  const fragment = <u32>identification | ((<u32>fragmentRaw) << 16);
  identification++;
  const life = <u32>IP4_DEFAULT_TTL | (protocol << 8);
  const sum = <u64>start + fragment + life + source + destination;
  const header = packet.data;
  store<u32>(header, start);
  store<u32>(header, fragment, 4);
  store<u32>(header, life | ((<u32>checksumOf(sum)) << 16), 8);
  store<u32>(header, source, 12);
  store<u32>(header, destination, 16);
}

/** Puts an IPv6 header in front, with the addresses that lie at `source` and `destination`; false without room. */
export function pushIp6(
  packet: Packet,
  nextHeader: u32,
  source: usize,
  destination: usize,
  trafficClass: u32,
): bool {
  const bytes = packet.pktLen;
  if (bytes > 65535 || !packet.prepend(IP6_HEADER_BYTES)) return false;
  const header = changetype<Ip6Header>(packet.data);
  header.versionClassFlowRaw = IP6_PLAIN_RAW | ((trafficClass >> 4) & 15) | ((trafficClass & 15) << 12);
  header.payloadLengthRaw = bswap<u16>(<u16>bytes);
  header.nextHeader = <u8>nextHeader;
  header.hopLimit = IP6_DEFAULT_HOP_LIMIT;
  header.sourceLow = load<u64>(source);
  header.sourceHigh = load<u64>(source, 8);
  header.destinationLow = load<u64>(destination);
  header.destinationHigh = load<u64>(destination, 8);
  return true;
}

/** Sends what has an outer IPv4 header on its way in a VRF; returns what the stage returns. */
export function sendOuter4(packet: Packet, vrf: u32): u32 {
  const destination = changetype<Ip4Header>(packet.data).destinationAt;
  const nextHop = neighborTo4(vrf, destination, packet.pktLen);
  goInUnderlay(packet, vrf, TYPE_IP4_RAW);
  if (!nextHop) return NODE_BIT | route4(packet, destination);
  goToNeighbor(packet, nextHop);
  return NODE_BIT | NODE_ETHER_OUTPUT;
}

/** Sends what has an outer IPv6 header on its way in a VRF; returns what the stage returns. */
export function sendOuter6(packet: Packet, vrf: u32): u32 {
  const destination = changetype<Ip6Header>(packet.data).destination;
  const nextHop = neighborTo6(vrf, destination, packet.pktLen);
  goInUnderlay(packet, vrf, TYPE_IP6_RAW);
  if (!nextHop) return NODE_BIT | route6(packet, destination);
  goToNeighbor(packet, nextHop);
  return NODE_BIT | NODE_ETHER_OUTPUT;
}

/**
 * Finds the next hop to the IPv4 address that lies at `destination`, where that is a neighbour who takes a packet of so
 * many bytes at once; zero where IP has more to do. @inline
 */
export function neighborTo4(vrf: u32, destination: usize, bytes: u32): u32 {
  const root = <usize>load<u32>(FIB4_ROOTS + ((<usize>vrf) << 2));
  return takingAtOnce(lookup4(root, destination), bytes);
}

/** The same for an IPv6 address. @inline */
export function neighborTo6(vrf: u32, destination: usize, bytes: u32): u32 {
  const root = <usize>load<u32>(FIB6_ROOTS + ((<usize>vrf) << 2));
  return takingAtOnce(lookup6(root, destination), bytes);
}

/** An address in a record, the next hop to it that was found last, and in which round. */
let lastAddress: usize = 0;
let lastNextHop: u32 = 0;
let lastRound: u64 = 0;

/**
 * The same for an address that lies in a record and never changes there, so that it always goes with the same VRF. It is
 * looked up once a round, as most packets of a burst go the same way: what was found holds until the round ends. @inline
 */
export function neighborToFixed6(vrf: u32, destination: usize, bytes: u32): u32 {
  const round = worker.rounds;
  if (destination != lastAddress || round != lastRound) {
    lastNextHop = lookup6(<usize>load<u32>(FIB6_ROOTS + ((<usize>vrf) << 2)), destination);
    lastAddress = destination;
    lastRound = round;
  }
  return takingAtOnce(lastNextHop, bytes);
}

/** @inline */
function takingAtOnce(index: u32, bytes: u32): u32 {
  return bytes <= <u32>nextHopAt(index).direct ? index : 0;
}

/** Makes a packet one of our own in the underlay. @inline */
export function goInUnderlay(packet: Packet, vrf: u32, etherType: u16): void {
  packet.vrf = <u16>vrf;
  packet.flags |= PACKET_LOCAL;
  packet.etherType = etherType;
}

/** Says that a packet goes to a neighbour, to whom nothing but its Ethernet header is missing. @inline */
export function goToNeighbor(packet: Packet, nextHop: u32): void {
  packet.nextHop = nextHop;
  noteUse(nextHopAt(nextHop));
}
