import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { chooseMember } from '../../ip/datapath/group';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import {
  NEXT_HOP_CONNECTED,
  NEXT_HOP_FAILED,
  NEXT_HOP_LOCAL,
  nextHopDetailsAt,
} from '../../neighbor/datapath/next-hop-details';
import { noteUse } from '../../neighbor/datapath/next-hop-use';
import { hashBehind, stackBytes, versionBehind } from './behind-labels';

export enum Edge {
  ETHER_OUTPUT,
  NEIGHBOR_HOLD,
  MPLS_OVERSIZED,
  /** The group of next hops has no members. */
  DROP_GROUP_EMPTY,
  /** The next hop that the labels should go to is gone, or takes no packets with labels. */
  DROP_MPLS_NO_NEXT_HOP,
  /** The neighbour that the labels should go to does not answer. */
  DROP_MPLS_HOST_UNREACHABLE,
}

/** Flags of next hops that lead to whatever an IP packet is addressed to: labels are addressed to nobody. */
const ADDRESSED: u32 = NEXT_HOP_CONNECTED | NEXT_HOP_LOCAL;

/**
 * Sends a packet with labels to its next hop: to a member by the flow behind the labels where that is a group, to
 * whoever puts something round it, to a neighbour; or lets it wait for the neighbour, and takes it from there.
 *
 * @table next-hop-output
 */
export function mplsOutput(packet: Packet): u32 {
  if (nextHopDetailsAt(packet.nextHop).memberCount && !chooseMember(packet, flowHash(packet))) {
    return Edge.DROP_GROUP_EMPTY;
  }
  const nextHop = nextHopAt(packet.nextHop);
  const mtu: u32 = nextHop.mtu;
  if (!mtu) return Edge.DROP_MPLS_NO_NEXT_HOP;
  if (packet.pktLen > mtu) return Edge.MPLS_OVERSIZED;
  if (nextHop.outputNode) return NODE_BIT | nextHop.outputNode;
  if (nextHop.direct) {
    noteUse(nextHop);
    return Edge.ETHER_OUTPUT;
  }
  const flags = nextHopDetailsAt(packet.nextHop).flags;
  if (flags & NEXT_HOP_FAILED) return Edge.DROP_MPLS_HOST_UNREACHABLE;
  return flags & ADDRESSED ? Edge.DROP_MPLS_NO_NEXT_HOP : Edge.NEIGHBOR_HOLD;
}

function flowHash(packet: Packet): u32 {
  const stack = stackBytes(packet);
  return hashBehind(packet, stack, versionBehind(packet, stack));
}
