import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { chooseMember } from './group';
import { flowHash6 } from './ip-flow-hash';

export enum Edge {
  /** The group of next hops has no members. */
  DROP_GROUP_EMPTY,
}

/**
 * Chooses one of a group's next hops for an IPv6 packet by its flow.
 *
 * @table next-hop-input
 */
export function ip6Group(packet: Packet): u32 {
  if (!chooseMember(packet, flowHash6(packet))) return Edge.DROP_GROUP_EMPTY;
  return NODE_BIT | nextHopAt(packet.nextHop).node6;
}
