import { Packet } from '../../../engine/datapath/packet';
import { ICMP4_UNREACHABLE, UNREACHABLE4_TOO_BIG } from '../../../net/datapath/icmp-header';
import { IP4_DONT_FRAGMENT_RAW, Ip4Header } from '../../../net/datapath/ip4-header';
import { NextHop, nextHopAt } from '../../neighbor/datapath/next-hop';
import { noteUse } from '../../neighbor/datapath/next-hop-use';
import { noteError } from './icmp-errors';

export enum Edge {
  ETHER_OUTPUT,
  NEIGHBOR_HOLD,
  IP4_FRAGMENT,
  IP4_ERROR,
}

/**
 * Sends an IPv4 packet to its next hop: whole where it fits and the neighbour is known.
 *
 * @table next-hop-output
 */
export function ip4Output(packet: Packet): u32 {
  const nextHop = nextHopAt(packet.nextHop);
  if (packet.pktLen > nextHop.direct) return sendOtherwise(packet, nextHop);
  noteUse(nextHop);
  return Edge.ETHER_OUTPUT;
}

function sendOtherwise(packet: Packet, nextHop: NextHop): u32 {
  return packet.pktLen > nextHop.mtu ? tooBig(packet, nextHop.mtu) : nextHop.outputOr(Edge.NEIGHBOR_HOLD);
}

/** Fragments a packet that allows it; tells the sender of another how large it may be (RFC 1191 4). */
function tooBig(packet: Packet, mtu: u32): u32 {
  const header = changetype<Ip4Header>(packet.data);
  if (!(header.fragmentRaw & IP4_DONT_FRAGMENT_RAW)) return Edge.IP4_FRAGMENT;
  noteError(packet, ICMP4_UNREACHABLE, UNREACHABLE4_TOO_BIG, mtu);
  return Edge.IP4_ERROR;
}
