import { PACKET_LINK_MULTICAST, PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { IP4_PLAIN, Ip4Header } from '../../../net/datapath/ip4-header';
import { nextHopAt } from '../../neighbor/datapath/next-hop';

export enum Edge {
  IP4_FORWARD,
}

/**
 * Gives an IPv4 packet on its way through us to the stage that puts something round it, at once where IP has nothing to
 * do but to take one from its time to live.
 *
 * @table next-hop-input
 * @table next-hop-output
 */
export function ip4Encapsulate(packet: Packet): u32 {
  if (packet.flags & (PACKET_LOCAL | PACKET_LINK_MULTICAST)) return Edge.IP4_FORWARD;
  const header = changetype<Ip4Header>(packet.data);
  if (header.ttl <= 1 || header.versionIhl != IP4_PLAIN) return Edge.IP4_FORWARD;
  const nextHop = nextHopAt(packet.nextHop);
  if (packet.pktLen > nextHop.mtu || !nextHop.outputNode) return Edge.IP4_FORWARD;
  header.decrementTtl(header.ttlWord);
  return NODE_BIT | nextHop.outputNode;
}
