import { NODE_ETHER_OUTPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { TYPE_IP4_RAW, TYPE_IP6_RAW, TYPE_MPLS_RAW } from '../../../net/datapath/ether-header';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { Ip6Header } from '../../../net/datapath/ip6-header';
import { NextHop, nextHopAt } from '../../neighbor/datapath/next-hop';
import { NEXT_HOP_FAILED, nextHopDetailsAt } from '../../neighbor/datapath/next-hop-details';
import { noteUse } from '../../neighbor/datapath/next-hop-use';
import { finishL4Checksum, L4_CKSUM_SUSPECT } from '../../port/datapath/l4-checksum';
import {
  BOTTOM,
  entryAt,
  LABEL_BYTES,
  TRAFFIC_CLASS_MASK,
  TRAFFIC_CLASS_SHIFT,
  TTL_MASK,
} from './label-entry';
import { LabelStack, labelStackAt, pushOne, pushStack } from './label-stack';

export enum Edge {
  ETHER_OUTPUT,
  MPLS_OUTPUT,
  IP4_REJECT,
  IP6_REJECT,
  /** The packet has no room left for the labels to be pushed. */
  DROP_MPLS_NO_HEADROOM,
}

/** A frame has no time to live of its own. */
const FRAME_TTL: u32 = 255;

/**
 * Puts the labels of its next hop in front of a packet and sends it to the next hop behind that one. Each label gets
 * what the packet has left of its time to live (RFC 3443 3.1) and the upper bits of its DSCP, unless the next hop says
 * otherwise. The common case, one label in front of an IPv4 packet, comes last.
 *
 * @table next-hop-output
 */
export function mplsPush(packet: Packet): u32 {
  const stack = labelStackAt(nextHopAt(packet.nextHop).record);
  if (packet.etherType != TYPE_IP4_RAW || stack.count != 1) return pushCarefully(packet, stack);
  if (packet.olFlags & L4_CKSUM_SUSPECT || packet.dataOff < <u16>LABEL_BYTES)
    return pushCarefully(packet, stack);
  const onward = nodeBehind(nextHopAt(stack.nextHop), packet.pktLen + LABEL_BYTES);
  if (!onward) return pushCarefully(packet, stack);
  const header = changetype<Ip4Header>(packet.data);
  pushOne(packet, stack, header.ttl, header.dscpEcn >> 5);
  return NODE_BIT | onward;
}

/** Where a packet of so many bytes goes on to at once, zero where that has to be looked into. @inline */
function nodeBehind(via: NextHop, bytes: u32): u32 {
  if (bytes > <u32>via.mtu) return 0;
  if (via.outputNode) return via.outputNode;
  if (!via.direct) return 0;
  noteUse(via);
  return NODE_ETHER_OUTPUT;
}

/** Takes a packet that is not the common case. */
function pushCarefully(packet: Packet, stack: LabelStack): u32 {
  const via = nextHopAt(stack.nextHop);
  const failed = nextHopDetailsAt(stack.nextHop).flags & NEXT_HOP_FAILED;
  if (failed && isIp(packet)) return refuse(packet, stack);
  if (packet.olFlags & L4_CKSUM_SUSPECT && isIp(packet)) finishL4Checksum(packet, 0);
  if (!push(packet, stack)) return Edge.DROP_MPLS_NO_HEADROOM;
  if (packet.pktLen > via.mtu) return Edge.MPLS_OUTPUT;
  if (via.outputNode) return NODE_BIT | via.outputNode;
  if (!via.direct) return Edge.MPLS_OUTPUT;
  noteUse(via);
  return Edge.ETHER_OUTPUT;
}

/** @inline */
function isIp(packet: Packet): bool {
  return packet.etherType == TYPE_IP4_RAW || packet.etherType == TYPE_IP6_RAW;
}

/** The neighbour does not answer: the sender of an IP packet is told so. */
function refuse(packet: Packet, stack: LabelStack): u32 {
  packet.nextHop = stack.nextHop;
  return packet.etherType == TYPE_IP6_RAW ? Edge.IP6_REJECT : Edge.IP4_REJECT;
}

function push(packet: Packet, stack: LabelStack): bool {
  if (packet.etherType == TYPE_IP4_RAW) {
    const header = changetype<Ip4Header>(packet.data);
    return pushStack(packet, stack, header.ttl, header.dscpEcn >> 5, BOTTOM);
  }
  if (packet.etherType == TYPE_IP6_RAW) {
    const header = changetype<Ip6Header>(packet.data);
    return pushStack(packet, stack, header.hopLimit, (header.versionClassFlowRaw & 15) >> 1, BOTTOM);
  }
  if (packet.etherType != TYPE_MPLS_RAW) return pushStack(packet, stack, FRAME_TTL, 0, BOTTOM);
  const top = entryAt(packet.data);
  const trafficClass = (top >> TRAFFIC_CLASS_SHIFT) & TRAFFIC_CLASS_MASK;
  return pushStack(packet, stack, top & TTL_MASK, trafficClass, 0);
}
