import { isForeseen } from '../../../engine/datapath/foreseen';
import { PACKET_LINK_MULTICAST, PACKET_LOCAL, PACKET_OPTIONS, Packet } from '../../../engine/datapath/packet';
import { ICMP4_PARAMETER_PROBLEM, ICMP4_TIME_EXCEEDED } from '../../../net/datapath/icmp-header';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { isSourceRouted, malformedOption, recordRoute } from '../../../net/datapath/ip4-options';
import { interfaceAt } from '../../interface/datapath/interface';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { noteError } from './icmp-errors';

export enum Edge {
  IP4_OUTPUT,
  IP4_ERROR,
  /** A packet to one station, or to the broadcast address of a subnet, came in a frame to many (RFC 1812 5.3.4). */
  DROP_IP4_LINK_MULTICAST,
  /** Its sender wants to choose the way (RFC 1812 5.2.4.1; refused by RFC 7126 4.3 and 4.4). */
  DROP_IP4_SOURCE_ROUTE,
}

/** Takes one from the time to live of a packet on its way through us (RFC 1812 5.3.1, checksum by RFC 1624). */
export function ip4Forward(packet: Packet): u32 {
  if (packet.flags & (PACKET_LOCAL | PACKET_LINK_MULTICAST | PACKET_OPTIONS)) return forwardUnusual(packet);
  const header = changetype<Ip4Header>(packet.data);
  const word = header.ttlWord;
  if (!isForeseen() && <u8>word <= 1) return expire(packet);
  if (isForeseen()) header.decrementPlainTtl(word);
  else header.decrementTtl(word);
  return Edge.IP4_OUTPUT;
}

function forwardUnusual(packet: Packet): u32 {
  const flags = packet.flags;
  if (flags & PACKET_LOCAL) return Edge.IP4_OUTPUT;
  if (flags & PACKET_LINK_MULTICAST) return Edge.DROP_IP4_LINK_MULTICAST;
  const header = changetype<Ip4Header>(packet.data);
  return header.ttl <= 1 ? expire(packet) : serveOptions(packet, header);
}

function expire(packet: Packet): u32 {
  noteError(packet, ICMP4_TIME_EXCEEDED, 0, 0);
  return Edge.IP4_ERROR;
}

/** Does what the options ask of a router on the way; a router alert asks nothing of one without the protocol (RFC 2113). */
function serveOptions(packet: Packet, header: Ip4Header): u32 {
  const malformed = malformedOption(header);
  if (malformed) {
    noteError(packet, ICMP4_PARAMETER_PROBLEM, 0, malformed);
    return Edge.IP4_ERROR;
  }
  if (isSourceRouted(header)) return Edge.DROP_IP4_SOURCE_ROUTE;
  const address = interfaceAt(nextHopAt(packet.nextHop).iface).address4;
  if (address) recordRoute(header, address);
  header.decrementTtl(header.ttlWord);
  return Edge.IP4_OUTPUT;
}
