import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import {
  ETHER_HEADER_BYTES,
  TYPE_IP4_RAW,
  TYPE_IP6_RAW,
  TYPE_MPLS_RAW,
} from '../../../net/datapath/ether-header';
import { IP4_HEADER_BYTES, Ip4Header } from '../../../net/datapath/ip4-header';
import { IP6_HEADER_BYTES, Ip6Header } from '../../../net/datapath/ip6-header';
import { enterInterface } from '../../interface/datapath/enter';
import { forgetVerdicts } from '../../tunnel/datapath/inner';
import { lowerTtl4, lowerTtl6 } from '../../tunnel/datapath/lower-ttl';
import {
  BOTTOM,
  entryAt,
  FIRST_PLAIN_LABEL,
  LABEL_BYTES,
  LABEL_SHIFT,
  putEntry,
  ROUTER_ALERT_LABEL,
  TRAFFIC_CLASS_MASK,
  TRAFFIC_CLASS_SHIFT,
  TTL_MASK,
} from './label-entry';
import { labelStackAt, pushStack } from './label-stack';
import { countLabel } from './label-stats';
import {
  actionOf,
  kindOf,
  LABEL_CONTROL_WORD,
  LABEL_EXPLICIT_NULL4,
  LABEL_EXPLICIT_NULL6,
  LABEL_TO_INTERFACE,
  LABEL_TO_NEXT_HOP,
  LABEL_TO_STACK,
  LABEL_TO_VRF,
  operandOf,
} from './label-table';

export enum Edge {
  IP4_INPUT,
  IP6_INPUT,
  MPLS_EXPIRED,
  MPLS_OUTPUT,
  IP_TO_NEXT_HOP,
  /** The packet is shorter than a label, or nothing is behind the last one. */
  DROP_MPLS_TRUNCATED,
  /** The packet ends before a label says that it is the last. */
  DROP_MPLS_NO_BOTTOM,
  /** More labels of ours follow each other than a sender has reason to push. */
  DROP_MPLS_STACK_TOO_DEEP,
  /** Nobody has said what becomes of packets with the label. */
  DROP_MPLS_UNKNOWN_LABEL,
  /** The label asks every router on the way to look at the packet (RFC 3032 2.1); nobody here does. */
  DROP_MPLS_ROUTER_ALERT,
  /** The label is one of the first 16, and has no meaning here (RFC 7274). */
  DROP_MPLS_RESERVED_LABEL,
  /** The label's time to live has run out (RFC 3032 2.4). */
  DROP_MPLS_TTL_EXCEEDED,
  /** What is behind the last label is no IPv4 or IPv6 packet, or not the one that an explicit null says. */
  DROP_MPLS_BAD_PAYLOAD,
  /** The label leads to an interface, and there are more labels behind it. */
  DROP_MPLS_NOT_BOTTOM,
  /** The control word in front of the frame says that it is none (RFC 4385 3). */
  DROP_MPLS_BAD_CONTROL_WORD,
  /** The interface that should receive the frame is down. */
  DROP_MPLS_INTERFACE_DOWN,
  /** The packet has no room left for the labels to be pushed. */
  DROP_MPLS_NO_HEADROOM,
}

/** As many labels of ours are taken off one packet. */
const MOST_POPPED: u32 = 8;

/**
 * Takes a packet whose first bytes are a label where the label leads. Labels of VRFs and explicit nulls are taken off
 * as long as they follow each other; the last one chooses the VRF, and the lowest time to live goes on (RFC 3443 3.3).
 * The common case, an IPv4 packet behind one label of a VRF, comes last.
 *
 * @table interface-input
 */
export function mplsInput(packet: Packet): u32 {
  if (packet.dataLen < <u16>(LABEL_BYTES + IP4_HEADER_BYTES)) return takeStack(packet);
  const entry = entryAt(packet.data);
  const action = actionOf(entry >> LABEL_SHIFT);
  const isCommon = kindOf(action) == LABEL_TO_VRF && (entry & BOTTOM) != 0 && (entry & TTL_MASK) != 0;
  if (!isCommon || load<u8>(packet.data, LABEL_BYTES) >> 4 != 4) return takeStack(packet);
  takeOff(packet, entry);
  enterVrf(packet, operandOf(action));
  forgetVerdicts(packet);
  lowerTtl4(changetype<Ip4Header>(packet.data), entry & TTL_MASK);
  packet.etherType = TYPE_IP4_RAW;
  return Edge.IP4_INPUT;
}

/** Takes a packet that is not the common case, label by label. */
function takeStack(packet: Packet): u32 {
  let ttl = TTL_MASK;
  for (let popped: u32 = 0; popped < MOST_POPPED; popped++) {
    if (packet.dataLen < <u16>LABEL_BYTES) {
      return popped ? Edge.DROP_MPLS_NO_BOTTOM : Edge.DROP_MPLS_TRUNCATED;
    }
    const entry = entryAt(packet.data);
    const action = actionOf(entry >> LABEL_SHIFT);
    const kind = kindOf(action);
    ttl = min<u32>(ttl, entry & TTL_MASK);
    if (!ttl) return Edge.DROP_MPLS_TTL_EXCEEDED;
    if (kind == LABEL_TO_VRF) enterVrf(packet, operandOf(action));
    else if (kind != LABEL_EXPLICIT_NULL4 && kind != LABEL_EXPLICIT_NULL6) {
      return takePlain(packet, entry, action, ttl);
    }
    takeOff(packet, entry);
    if (entry & BOTTOM) return route(packet, kind, ttl);
  }
  return Edge.DROP_MPLS_STACK_TOO_DEEP;
}

/** Takes a label off, and counts it. @inline */
function takeOff(packet: Packet, entry: u32): void {
  countLabel(entry >> LABEL_SHIFT, packet);
  packet.strip(LABEL_BYTES);
}

/** From here on the packet is one of the VRF's own, and errors about it come from there. @inline */
function enterVrf(packet: Packet, vrfAndInterface: u32): void {
  packet.vrf = <u16>(vrfAndInterface & 0xff);
  packet.iface = <u16>(vrfAndInterface >> 8);
}

/** Gives what was behind the last label to IP, which looks it up in the packet's VRF. */
function route(packet: Packet, kind: u32, ttl: u32): u32 {
  const bytes: u32 = packet.dataLen;
  if (!bytes) return Edge.DROP_MPLS_TRUNCATED;
  const version = load<u8>(packet.data) >> 4;
  forgetVerdicts(packet);
  if (version == 4 && kind != LABEL_EXPLICIT_NULL6) {
    if (bytes >= IP4_HEADER_BYTES) lowerTtl4(changetype<Ip4Header>(packet.data), ttl);
    packet.etherType = TYPE_IP4_RAW;
    return Edge.IP4_INPUT;
  }
  if (version != 6 || kind == LABEL_EXPLICIT_NULL4) return Edge.DROP_MPLS_BAD_PAYLOAD;
  if (bytes >= IP6_HEADER_BYTES) lowerTtl6(changetype<Ip6Header>(packet.data), ttl);
  packet.etherType = TYPE_IP6_RAW;
  return Edge.IP6_INPUT;
}

/** Takes a packet with a label that stands for more than a VRF. */
function takePlain(packet: Packet, entry: u32, action: u32, ttl: u32): u32 {
  const kind = kindOf(action);
  if (kind == LABEL_TO_STACK) return swap(packet, entry, operandOf(action), ttl);
  if (kind == LABEL_TO_NEXT_HOP) return toNextHop(packet, entry, operandOf(action), ttl);
  if (kind == LABEL_TO_INTERFACE) return toInterface(packet, entry, operandOf(action));
  const label = entry >> LABEL_SHIFT;
  if (label >= FIRST_PLAIN_LABEL) return Edge.DROP_MPLS_UNKNOWN_LABEL;
  return label == ROUTER_ALERT_LABEL ? Edge.DROP_MPLS_ROUTER_ALERT : Edge.DROP_MPLS_RESERVED_LABEL;
}

/** Puts other labels in a label's place; its traffic class stays (RFC 3032 2.4.3, RFC 5462). */
function swap(packet: Packet, entry: u32, stack: u32, ttl: u32): u32 {
  if (ttl == 1) return Edge.MPLS_EXPIRED;
  const trafficClass = (entry >> TRAFFIC_CLASS_SHIFT) & TRAFFIC_CLASS_MASK;
  takeOff(packet, entry);
  if (!(entry & BOTTOM) && packet.pktLen < <u32>LABEL_BYTES) return Edge.DROP_MPLS_NO_BOTTOM;
  if (pushStack(packet, labelStackAt(stack), ttl - 1, trafficClass, entry & BOTTOM)) return Edge.MPLS_OUTPUT;
  return Edge.DROP_MPLS_NO_HEADROOM;
}

/** Takes a label off and gives what is behind it to a next hop: an IP packet, or a packet with further labels. */
function toNextHop(packet: Packet, entry: u32, nextHop: u32, ttl: u32): u32 {
  const isLast = entry & BOTTOM;
  if (ttl == 1 && !isLast) return Edge.MPLS_EXPIRED;
  takeOff(packet, entry);
  packet.nextHop = nextHop;
  packet.note = ttl;
  if (isLast) return ipToNextHop(packet);
  if (packet.dataLen < <u16>LABEL_BYTES) return Edge.DROP_MPLS_NO_BOTTOM;
  const next = entryAt(packet.data);
  if (!(next & TTL_MASK)) return Edge.DROP_MPLS_TTL_EXCEEDED;
  if ((next & TTL_MASK) >= ttl) putEntry(packet.data, (next & ~TTL_MASK) | (ttl - 1));
  packet.etherType = TYPE_MPLS_RAW;
  return Edge.MPLS_OUTPUT;
}

/** Gives the IP packet behind the last label to a next hop. */
function ipToNextHop(packet: Packet): u32 {
  if (!packet.dataLen) return Edge.DROP_MPLS_TRUNCATED;
  const version = load<u8>(packet.data) >> 4;
  return version == 4 || version == 6 ? Edge.IP_TO_NEXT_HOP : Edge.DROP_MPLS_BAD_PAYLOAD;
}

/** Lets an interface receive the frame behind the last label (RFC 4448). */
function toInterface(packet: Packet, entry: u32, value: u32): u32 {
  if (!(entry & BOTTOM)) return Edge.DROP_MPLS_NOT_BOTTOM;
  const headers = value & LABEL_CONTROL_WORD ? LABEL_BYTES + CONTROL_WORD_BYTES : LABEL_BYTES;
  if (packet.dataLen < <u16>(headers + ETHER_HEADER_BYTES)) return Edge.DROP_MPLS_TRUNCATED;
  if (value & LABEL_CONTROL_WORD && load<u8>(packet.data + LABEL_BYTES) >> 4) {
    return Edge.DROP_MPLS_BAD_CONTROL_WORD;
  }
  countLabel(entry >> LABEL_SHIFT, packet);
  packet.strip(headers);
  forgetVerdicts(packet);
  packet.etherType = 0;
  packet.note = 0; // no far end of several: bridges ask for that
  const node = enterInterface(packet, value & 0xffff);
  return node ? NODE_BIT | node : Edge.DROP_MPLS_INTERFACE_DOWN;
}

const CONTROL_WORD_BYTES: u32 = 4;
