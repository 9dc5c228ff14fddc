import { NO_FRAME, PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { checksumOf, sumBytes } from '../../../net/datapath/checksum';
import { TYPE_IP4_RAW, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { IP4_DEFAULT_TTL, IP4_HEADER_BYTES, IP4_PLAIN, Ip4Header } from '../../../net/datapath/ip4-header';
import {
  IP6_DEFAULT_HOP_LIMIT,
  IP6_HEADER_BYTES,
  IP6_PLAIN_RAW,
  Ip6Header,
} from '../../../net/datapath/ip6-header';
import { route4, route6 } from '../../ip/datapath/route';

// The outer headers of tunnels, innermost first: a tunnel's stage pushes its own header, then UDP where it has that,
// then IP, and asks `sendOuter` for the way. The way is looked up for each packet, so that a tunnel moves with its
// underlay's routes and spreads over their groups.

/** Tells by a packet's first bits how often something has been put round it. */
const DEPTH_SHIFT: u32 = 8;
const DEPTH_MASK: u32 = 0xf00;
/** As often may tunnels lead into tunnels. */
const MOST_DEPTH: u32 = 4;

/** Bytes that a tunnel may put in front of a packet, and the Ethernet header with its tags that follows. */
const ROOM: u32 = 96;

/**
 * Counts one more tunnel round a packet, and makes room for its headers where there is little left; false when there are
 * so many round it that one must lead into itself.
 */
export function deepen(packet: Packet): bool {
  const depth = (packet.flags & DEPTH_MASK) >> DEPTH_SHIFT;
  if (depth == MOST_DEPTH) return false;
  packet.flags += 1 << DEPTH_SHIFT;
  if (packet.dataOff < <u16>ROOM) makeRoom(packet);
  return true;
}

/** Moves a packet's first segment back where the buffer is long enough: what has no room then is dropped by its stage. */
function makeRoom(packet: Packet): void {
  const end: u32 = packet.dataOff + packet.dataLen;
  if (end + ROOM > packet.bufLen) return;
  memory.copy(packet.data + ROOM, packet.data, packet.dataLen);
  packet.dataOff += <u16>ROOM;
  if (packet.frameOff != NO_FRAME) packet.frameOff += <u16>ROOM;
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
  if (!packet.prepend(8)) return false;
  const udp = packet.data;
  store<u16>(udp, sourcePort);
  store<u16>(udp, destinationPort, 2);
  store<u32>(udp, bswap<u16>(<u16>packet.pktLen), 4);
  return true;
}

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
  const header = changetype<Ip4Header>(packet.data);
  header.versionIhl = IP4_PLAIN;
  header.dscpEcn = <u8>tos;
  header.totalLengthRaw = bswap<u16>(<u16>packet.pktLen);
  header.identificationRaw = identification++;
  header.fragmentRaw = fragmentRaw;
  header.ttl = IP4_DEFAULT_TTL;
  header.protocol = <u8>protocol;
  header.checksumRaw = 0;
  header.sourceRaw = source;
  header.destinationRaw = destination;
  header.checksumRaw = checksumOf(sumBytes(packet.data, IP4_HEADER_BYTES));
  return true;
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
  packet.vrf = <u16>vrf;
  packet.flags |= PACKET_LOCAL;
  packet.etherType = TYPE_IP4_RAW;
  return NODE_BIT | route4(packet, changetype<Ip4Header>(packet.data).destinationAt);
}

/** Sends what has an outer IPv6 header on its way in a VRF; returns what the stage returns. */
export function sendOuter6(packet: Packet, vrf: u32): u32 {
  packet.vrf = <u16>vrf;
  packet.flags |= PACKET_LOCAL;
  packet.etherType = TYPE_IP6_RAW;
  return NODE_BIT | route6(packet, changetype<Ip6Header>(packet.data).destination);
}
