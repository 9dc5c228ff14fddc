import { Packet } from '../../../engine/datapath/packet';
import { NEXT_HOP_RESOLVED, nextHopAt } from '../../neighbor/datapath/next-hop';

export enum Edge {
  ETHER_OUTPUT,
  /** The next hop's MAC address is not known. */
  DROP_NEIGHBOR_UNRESOLVED,
  /** The packet is larger than the way out allows. */
  DROP_IP4_TOO_BIG,
}

/** Sends an IPv4 packet to its next hop: whole where it fits and the neighbour is known. */
export function ip4Output(packet: Packet): u32 {
  const nextHop = nextHopAt(packet.nextHop);
  if (packet.pktLen > nextHop.mtu) return Edge.DROP_IP4_TOO_BIG;
  if (!(nextHop.flags & NEXT_HOP_RESOLVED)) return Edge.DROP_NEIGHBOR_UNRESOLVED;
  return Edge.ETHER_OUTPUT;
}
