import { PACKET_LINK_MULTICAST, PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import {
  ICMP6_TIME_EXCEEDED,
  ICMP6_UNREACHABLE,
  UNREACHABLE6_SCOPE,
} from '../../../net/datapath/icmp-header';
import { Ip6Header, isLinkLocal6 } from '../../../net/datapath/ip6-header';
import { noteError } from './icmp-errors';

export enum Edge {
  IP6_OUTPUT,
  IP6_ERROR,
  /** A packet to one station came in a frame to many. */
  DROP_IP6_LINK_MULTICAST,
}

/** Takes one from the hop limit of a packet on its way through us; extension headers are not our business (RFC 8200 4). */
export function ip6Forward(packet: Packet): u32 {
  const flags = packet.flags & (PACKET_LOCAL | PACKET_LINK_MULTICAST);
  if (flags) return flags & PACKET_LOCAL ? Edge.IP6_OUTPUT : Edge.DROP_IP6_LINK_MULTICAST;
  const header = changetype<Ip6Header>(packet.data);
  if (isLinkLocal6(header.sourceLow)) return refuse(packet, ICMP6_UNREACHABLE, UNREACHABLE6_SCOPE);
  if (header.hopLimit <= 1) return refuse(packet, ICMP6_TIME_EXCEEDED, 0);
  header.hopLimit--;
  return Edge.IP6_OUTPUT;
}

function refuse(packet: Packet, type: u32, code: u32): u32 {
  noteError(packet, type, code, 0);
  return Edge.IP6_ERROR;
}
