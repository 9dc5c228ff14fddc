import { Packet } from '../../../engine/datapath/packet';
import { TYPE_IP4_RAW, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_IP4, PROTOCOL_IP6 } from '../../../net/datapath/ip-protocols';
import { IP6_HEADER_BYTES } from '../../../net/datapath/ip6-header';
import { flowHash6, headerHash4 } from '../../ip/datapath/ip-flow-hash';
import { finishL4Checksum, L4_CKSUM_SUSPECT } from '../../port/datapath/l4-checksum';
import { tosOf } from '../../tunnel/datapath/inner-frame';
import {
  canDeepen,
  deepenFor,
  deepenPlainly,
  goInUnderlay,
  goToNeighbor,
  neighborToFixed6,
  OUTER_ROOM,
  sendOuter6,
} from '../../tunnel/datapath/outer';
import { firstSegmentOf, putHeaders, Srv6Encap, srv6EncapOf } from './srv6-encap';

export enum Edge {
  ETHER_OUTPUT,
  /** What has come is no IP packet. */
  DROP_SRV6_NOT_IP,
  /** There is no address to speak from. */
  DROP_SRV6_NO_SOURCE,
  /** The packet has been put into as many tunnels as one may be: one of them leads into itself. */
  DROP_SRV6_TOO_DEEP,
  /** The packet has no room for the outer headers, or is too long with them. */
  DROP_SRV6_NO_ROOM,
}

/**
 * Puts an IPv6 header and a list of segments round an IP packet (RFC 8986 5.1, 5.2), and sends it to the first of them.
 * The common case, an IPv4 packet, a short list, and a known neighbour on the way, comes last.
 *
 * @table next-hop-input
 */
export function srv6Output(packet: Packet): u32 {
  const encap = srv6EncapOf(packet);
  const bytes: u32 = encap.bytes;
  if (packet.etherType != TYPE_IP4_RAW || packet.olFlags & L4_CKSUM_SUSPECT) return sendCarefully(packet);
  if (!bytes || bytes > OUTER_ROOM || !canDeepen(packet)) return sendCarefully(packet);
  const nextHop = neighborToFixed6(encap.vrf, firstSegmentOf(encap), packet.pktLen + bytes);
  if (!nextHop) return sendCarefully(packet);
  const tos: u32 = load<u8>(packet.data, 1);
  const hash = headerHash4(packet.data, packet.dataLen);
  deepenPlainly(packet);
  packet.prepend(bytes);
  putHeaders(packet, encap, PROTOCOL_IP4, tos, hash);
  goInUnderlay(packet, encap.vrf, TYPE_IP6_RAW);
  goToNeighbor(packet, nextHop);
  return Edge.ETHER_OUTPUT;
}

/** Puts the headers in front, for which there is room. */
function wrap(packet: Packet, encap: Srv6Encap): void {
  const is4 = packet.etherType == TYPE_IP4_RAW;
  const tos = tosOf(packet.data);
  const hash = is4 ? headerHash4(packet.data, packet.dataLen) : flowHash6(packet);
  packet.prepend(encap.bytes);
  putHeaders(packet, encap, is4 ? PROTOCOL_IP4 : PROTOCOL_IP6, tos, hash);
}

/** Takes a packet that is not the common case. */
function sendCarefully(packet: Packet): u32 {
  const encap = srv6EncapOf(packet);
  if (packet.etherType != TYPE_IP4_RAW && packet.etherType != TYPE_IP6_RAW) return Edge.DROP_SRV6_NOT_IP;
  const bytes: u32 = encap.bytes;
  if (!bytes) return Edge.DROP_SRV6_NO_SOURCE;
  if (!deepenFor(packet, bytes)) return Edge.DROP_SRV6_TOO_DEEP;
  if (packet.olFlags & L4_CKSUM_SUSPECT) finishL4Checksum(packet, 0);
  const isLong = packet.pktLen + bytes - IP6_HEADER_BYTES > 65535;
  if (isLong || packet.dataOff < <u16>bytes) return Edge.DROP_SRV6_NO_ROOM;
  wrap(packet, encap);
  return sendOuter6(packet, encap.vrf);
}
