import { PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { ICMP6_TOO_BIG } from '../../../net/datapath/icmp-header';
import { NextHop, nextHopAt } from '../../neighbor/datapath/next-hop';
import { noteUse } from '../../neighbor/datapath/next-hop-use';
import { noteError } from './icmp-errors';

export enum Edge {
  ETHER_OUTPUT,
  NEIGHBOR_HOLD,
  IP6_FRAGMENT,
  IP6_ERROR,
}

/**
 * Sends an IPv6 packet to its next hop: whole where it fits and the neighbour is known.
 *
 * @table next-hop-output
 */
export function ip6Output(packet: Packet): u32 {
  const nextHop = nextHopAt(packet.nextHop);
  if (packet.pktLen > nextHop.direct) return sendOtherwise(packet, nextHop);
  noteUse(nextHop);
  return Edge.ETHER_OUTPUT;
}

function sendOtherwise(packet: Packet, nextHop: NextHop): u32 {
  return packet.pktLen > nextHop.mtu ? tooBig(packet, nextHop.mtu) : nextHop.outputOr(Edge.NEIGHBOR_HOLD);
}

/** Fragments a packet of our own; tells the sender of another how large it may be (RFC 8200 4.5, RFC 4443 3.2). */
function tooBig(packet: Packet, mtu: u32): u32 {
  if (packet.flags & PACKET_LOCAL) return Edge.IP6_FRAGMENT;
  noteError(packet, ICMP6_TOO_BIG, 0, mtu);
  return Edge.IP6_ERROR;
}
