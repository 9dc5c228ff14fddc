import { NODE_SRV6_LOCAL } from '../../../engine/datapath/nodes';
import { PACKET_LINK_MULTICAST, Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { TYPE_IP4_RAW, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import {
  ICMP6_PARAMETER_PROBLEM,
  ICMP6_TIME_EXCEEDED,
  PROBLEM6_BAD_FIELD,
  PROBLEM6_SEGMENT_UPPER,
} from '../../../net/datapath/icmp-header';
import {
  PROTOCOL_DESTINATION_OPTIONS,
  PROTOCOL_HOP_BY_HOP,
  PROTOCOL_ICMP6,
  PROTOCOL_IP4,
  PROTOCOL_IP6,
  PROTOCOL_ROUTING,
} from '../../../net/datapath/ip-protocols';
import { IP4_HEADER_BYTES } from '../../../net/datapath/ip4-header';
import { extensionBytes, refusedOption } from '../../../net/datapath/ip6-extensions';
import {
  IP6_HEADER_BYTES,
  IP6_NEXT_HEADER_OFFSET,
  Ip6Header,
  isMulticast6,
  isUnroutable6,
  isUnspecified6,
} from '../../../net/datapath/ip6-header';
import { noteError } from '../../ip/datapath/icmp-errors';
import { route6 } from '../../ip/datapath/route';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { takeOuterOff } from '../../tunnel/datapath/inner';
import { mergeCongestion, tosOf } from '../../tunnel/datapath/inner-frame';
import {
  FLAVOR_NEXT_CSID,
  FLAVOR_PSP,
  FLAVOR_USD,
  SID_END_DT4,
  SID_END_DT6,
  SID_END_DT46,
  SID_END_T,
  SID_END_X,
} from '../layout';
import {
  hasArgument,
  nextCompressed,
  nextSegment,
  ROUTING_TYPE_SEGMENTS,
  SEGMENTS_LEFT_AT,
  SegmentHeader,
  takeSegmentsOut,
} from './segments';
import { Srv6Sid, sidOf } from './srv6-sid';

export enum Edge {
  IP4_INPUT,
  IP6_INPUT,
  IP_TO_NEXT_HOP,
  IP6_ERROR,
  /** A ping to a SID, or an error about what came from one. */
  IP6_LOCAL,
  /** A packet to a SID came in a frame to many. */
  DROP_SRV6_LINK_MULTICAST,
  /** The SID has just been taken away. */
  DROP_SRV6_NO_SID,
  /** An extension header is longer than the packet, lies in a later buffer, or has an option that may not be passed over. */
  DROP_SRV6_BAD_HEADER,
  /** The next segment is no address that a packet can be sent to. */
  DROP_SRV6_BAD_SEGMENT,
  /** What is to be taken out is cut, or of another version than the header before says. */
  DROP_SRV6_BAD_PAYLOAD,
  /** The way here was congested, and what is inside cannot be told so (RFC 6040 4.2). */
  DROP_SRV6_CONGESTED,
}

/** Not an edge: the next header is to be looked at. */
const GO_ON: u32 = 0xffffffff;
/** Not an edge: what follows is of an upper layer. */
const UPPER_LAYER: u32 = 0xfffffffe;

/**
 * Does with a packet what the SID says that it is addressed to (RFC 8986 4): lets it go on to the next segment, or takes
 * what is inside out. Its compressed SIDs come first (RFC 9800 4.1), then its routing header, then what that carries.
 *
 * @table next-hop-input
 */
export function srv6Local(packet: Packet): u32 {
  if (packet.flags & PACKET_LINK_MULTICAST) return Edge.DROP_SRV6_LINK_MULTICAST;
  const sid = sidOf(packet);
  if (!sid.behavior) return Edge.DROP_SRV6_NO_SID;
  if (sid.flavors & FLAVOR_NEXT_CSID && hasArgument(packet, sid.blockBits + sid.csidBits))
    return goOnCompressed(packet, sid);
  packet.note = IP6_HEADER_BYTES;
  packet.note2 = IP6_NEXT_HEADER_OFFSET;
  let edge = GO_ON;
  while (edge == GO_ON) edge = passHeader(packet, sid);
  return edge == UPPER_LAYER ? takeUpperLayer(packet, sid) : edge;
}

function goOnCompressed(packet: Packet, sid: Srv6Sid): u32 {
  if (isExpired(packet)) return expire(packet);
  nextCompressed(packet, sid.blockBits, sid.csidBits);
  return goOn(packet, sid);
}

/** Moves `note` and `note2`, the places of the next header and of its number, past an extension header. */
function passHeader(packet: Packet, sid: Srv6Sid): u32 {
  const protocol: u32 = load<u8>(packet.data + packet.note2);
  if (!isPassed(protocol)) return UPPER_LAYER;
  const at = packet.note;
  if (at + 8 > packet.dataLen) return Edge.DROP_SRV6_BAD_HEADER;
  const extension = packet.data + at;
  const bytes = extensionBytes(protocol, extension);
  if (at + bytes > packet.dataLen) return Edge.DROP_SRV6_BAD_HEADER;
  if (protocol != PROTOCOL_ROUTING && refusedOption(extension, bytes)) return Edge.DROP_SRV6_BAD_HEADER;
  const header = changetype<SegmentHeader>(extension);
  if (protocol == PROTOCOL_ROUTING && header.segmentsLeft) return goOnRouted(packet, sid, header, bytes);
  packet.note2 = at;
  packet.note = at + bytes;
  return GO_ON;
}

/** @inline */
function isPassed(protocol: u32): bool {
  return (
    protocol == PROTOCOL_ROUTING ||
    protocol == PROTOCOL_HOP_BY_HOP ||
    protocol == PROTOCOL_DESTINATION_OPTIONS
  );
}

/** Takes a packet with segments left: a SID that ends tunnels must be the last (RFC 8986 4.6 to 4.8). */
function goOnRouted(packet: Packet, sid: Srv6Sid, header: SegmentHeader, bytes: u32): u32 {
  const at = packet.note;
  if (header.type != ROUTING_TYPE_SEGMENTS) return refuse(packet, PROBLEM6_BAD_FIELD, at + 2);
  if (isLast(sid) || !header.fits) return refuse(packet, PROBLEM6_BAD_FIELD, at + SEGMENTS_LEFT_AT);
  if (isExpired(packet)) return expire(packet);
  nextSegment(packet, header);
  if (!header.segmentsLeft && sid.flavors & FLAVOR_PSP) takeSegmentsOut(packet, at, bytes, packet.note2);
  return goOn(packet, sid);
}

/** Whether a SID can only be the last of a list. @inline */
function isLast(sid: Srv6Sid): bool {
  return sid.behavior >= SID_END_DT4;
}

/**
 * Sends a packet to its new destination. Whoever takes it takes one from its hop limit, as RFC 8986 4.1 S12 wants; that
 * is done here where it is ours again.
 */
function goOn(packet: Packet, sid: Srv6Sid): u32 {
  const header = changetype<Ip6Header>(packet.data);
  const low = header.destinationLow;
  const high = header.destinationHigh;
  if (isMulticast6(low) || isUnroutable6(low, high) || isUnspecified6(low, high))
    return Edge.DROP_SRV6_BAD_SEGMENT;
  if (sid.behavior == SID_END_X) {
    packet.nextHop = sid.nextHop;
    return NODE_BIT | nextHopAt(sid.nextHop).node6;
  }
  if (sid.behavior == SID_END_T) packet.vrf = sid.vrf;
  const node = route6(packet, header.destination);
  if (node == NODE_SRV6_LOCAL) header.hopLimit--;
  return NODE_BIT | node;
}

/** Takes what is behind the last routing header, where the SID allows it (RFC 8986 4.1.1). */
function takeUpperLayer(packet: Packet, sid: Srv6Sid): u32 {
  const protocol: u32 = load<u8>(packet.data + packet.note2);
  if (takesOut(sid, protocol)) return takeOut(packet, sid, protocol == PROTOCOL_IP4);
  if (protocol == PROTOCOL_ICMP6) return Edge.IP6_LOCAL; // RFC 9259 3.1
  return refuse(packet, PROBLEM6_SEGMENT_UPPER, packet.note);
}

function takesOut(sid: Srv6Sid, protocol: u32): bool {
  const behavior = sid.behavior;
  if (!isLast(sid)) return sid.flavors & FLAVOR_USD && (protocol == PROTOCOL_IP4 || protocol == PROTOCOL_IP6);
  if (protocol == PROTOCOL_IP4) return behavior == SID_END_DT4 || behavior == SID_END_DT46;
  return protocol == PROTOCOL_IP6 && (behavior == SID_END_DT6 || behavior == SID_END_DT46);
}

/** Takes the outer headers off, and has what was inside looked up in the SID's table, or sends it to its neighbour. */
function takeOut(packet: Packet, sid: Srv6Sid, is4: bool): u32 {
  const at = packet.note;
  if (at + (is4 ? IP4_HEADER_BYTES : IP6_HEADER_BYTES) > packet.dataLen) return Edge.DROP_SRV6_BAD_PAYLOAD;
  if (load<u8>(packet.data + at) >> 4 != <u32>(is4 ? 4 : 6)) return Edge.DROP_SRV6_BAD_PAYLOAD;
  if (!mergeCongestion(packet.data + at, tosOf(packet.data))) return Edge.DROP_SRV6_CONGESTED;
  takeOuterOff(packet, at);
  packet.etherType = is4 ? TYPE_IP4_RAW : TYPE_IP6_RAW;
  if (sid.behavior == SID_END_X) return giveToNeighbor(packet, sid);
  if (sid.behavior >= SID_END_T) packet.vrf = sid.vrf;
  if (isLast(sid)) packet.iface = sid.vrfInterface; // who answers for the customer's network
  return is4 ? Edge.IP4_INPUT : Edge.IP6_INPUT;
}

/** Gives what was inside to the SID's neighbour (RFC 8986 4.16.3), with all the time to live that it has. */
function giveToNeighbor(packet: Packet, sid: Srv6Sid): u32 {
  packet.nextHop = sid.nextHop;
  packet.note = 255;
  return Edge.IP_TO_NEXT_HOP;
}

/** @inline */
function isExpired(packet: Packet): bool {
  return changetype<Ip6Header>(packet.data).hopLimit <= 1;
}

function expire(packet: Packet): u32 {
  noteError(packet, ICMP6_TIME_EXCEEDED, 0, 0);
  return Edge.IP6_ERROR;
}

function refuse(packet: Packet, code: u32, pointer: u32): u32 {
  noteError(packet, ICMP6_PARAMETER_PROBLEM, code, pointer);
  return Edge.IP6_ERROR;
}
