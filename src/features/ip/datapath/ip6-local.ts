import { PACKET_LINK_MULTICAST, Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import {
  ICMP6_PARAMETER_PROBLEM,
  PROBLEM6_BAD_FIELD,
  PROBLEM6_NEXT_HEADER,
  PROBLEM6_OPTION,
} from '../../../net/datapath/icmp-header';
import {
  PROTOCOL_DESTINATION_OPTIONS,
  PROTOCOL_FRAGMENT,
  PROTOCOL_HOP_BY_HOP,
  PROTOCOL_NONE,
  PROTOCOL_ROUTING,
} from '../../../net/datapath/ip-protocols';
import {
  BROKEN_OPTION,
  extensionBytes,
  IP6_FRAGMENT_OFFSET_RAW,
  IP6_MORE_FRAGMENTS_RAW,
  OPTION_ACTION,
  OPTION_DISCARD,
  OPTION_REPORT_UNLESS_MULTICAST,
  refusedOption,
} from '../../../net/datapath/ip6-extensions';
import {
  IP6_HEADER_BYTES,
  IP6_NEXT_HEADER_OFFSET,
  Ip6Header,
  isMulticast6,
} from '../../../net/datapath/ip6-header';
import { noteError } from './icmp-errors';
import { protocolNode6 } from './protocols';

export enum Edge {
  IP6_ERROR,
  /** A packet to one station came in a frame to many. */
  DROP_IP6_LINK_MULTICAST,
  /** An extension header or one of its options is longer than the packet, or lies in a later buffer. */
  DROP_IP6_BAD_EXTENSION,
  /** An option that we do not know asks to be discarded without a word (RFC 8200 4.2). */
  DROP_IP6_UNKNOWN_OPTION,
  /** A fragment for us, and no host to put it together with the others. */
  DROP_IP6_LOCAL_FRAGMENT,
  /** Nothing follows the headers (RFC 8200 4.7). */
  DROP_IP6_NO_NEXT_HEADER,
}

/** Not an edge: the next header is to be looked at. */
const GO_ON: u32 = 0xffffffff;

/**
 * Walks the extension headers of a packet for us (RFC 8200 4), then gives it, still with its IPv6 header, to whoever
 * takes its upper-layer protocol: to the host where nobody does. Tells that stage in `note` how far from the IPv6
 * header the upper layer's is.
 *
 * @table ip-protocols
 */
export function ip6Local(packet: Packet): u32 {
  const header = changetype<Ip6Header>(packet.data);
  const toMany = isMulticast6(header.destinationLow);
  if (!toMany && packet.flags & PACKET_LINK_MULTICAST) return Edge.DROP_IP6_LINK_MULTICAST;
  packet.note = IP6_HEADER_BYTES;
  packet.note2 = IP6_NEXT_HEADER_OFFSET;
  let edge = GO_ON;
  while (edge == GO_ON) {
    const protocol: u32 = load<u8>(packet.data + packet.note2);
    edge = isExtension(protocol) ? passExtension(packet, protocol) : deliver(packet, protocol);
  }
  return edge;
}

/** Moves `note` and `note2`, the places of the next header and of its number, past an extension header that allows it. */
function passExtension(packet: Packet, protocol: u32): u32 {
  const at = packet.note;
  if (at + 8 > packet.dataLen) return Edge.DROP_IP6_BAD_EXTENSION;
  const extension = packet.data + at;
  const bytes = extensionBytes(protocol, extension);
  if (at + bytes > packet.dataLen) return Edge.DROP_IP6_BAD_EXTENSION;
  const edge = serveExtension(packet, protocol, extension, bytes);
  if (edge != GO_ON) return edge;
  packet.note2 = at;
  packet.note = at + bytes;
  return GO_ON;
}

function serveExtension(packet: Packet, protocol: u32, extension: usize, bytes: u32): u32 {
  if (protocol == PROTOCOL_FRAGMENT) return serveFragment(extension);
  if (protocol == PROTOCOL_ROUTING) return serveRouting(packet, extension);
  if (protocol == PROTOCOL_HOP_BY_HOP && packet.note != IP6_HEADER_BYTES) {
    return refuse(packet, PROBLEM6_NEXT_HEADER, packet.note2); // only right behind the IPv6 header (RFC 8200 4.1)
  }
  const refused = refusedOption(extension, bytes);
  return refused ? refuseOption(packet, refused) : GO_ON;
}

/** A whole packet may carry a fragment header (RFC 6946 4), to which `note` points; fragments are put together by the host. */
function serveFragment(extension: usize): u32 {
  if (!(load<u16>(extension, 2) & (IP6_FRAGMENT_OFFSET_RAW | IP6_MORE_FRAGMENTS_RAW))) return GO_ON;
  const node = protocolNode6(PROTOCOL_FRAGMENT);
  return node ? NODE_BIT | node : Edge.DROP_IP6_LOCAL_FRAGMENT;
}

/** Routes that their sender has chosen end here, those of type 0 like all others (RFC 5095 3, RFC 8200 4.4). */
function serveRouting(packet: Packet, extension: usize): u32 {
  const segmentsLeft = load<u8>(extension, 3);
  return segmentsLeft ? refuse(packet, PROBLEM6_BAD_FIELD, packet.note + 2) : GO_ON;
}

/** Does what the two highest bits of an unknown option's type ask for (RFC 8200 4.2). */
function refuseOption(packet: Packet, offset: u32): u32 {
  if (offset == BROKEN_OPTION) return Edge.DROP_IP6_BAD_EXTENSION;
  const pointer = packet.note + offset;
  const action = load<u8>(packet.data + pointer) & OPTION_ACTION;
  const toMany = isMulticast6(changetype<Ip6Header>(packet.data).destinationLow);
  if (action == OPTION_DISCARD) return Edge.DROP_IP6_UNKNOWN_OPTION;
  if (action == OPTION_REPORT_UNLESS_MULTICAST && toMany) return Edge.DROP_IP6_UNKNOWN_OPTION;
  return refuse(packet, PROBLEM6_OPTION, pointer);
}

function deliver(packet: Packet, protocol: u32): u32 {
  if (protocol == PROTOCOL_NONE) return Edge.DROP_IP6_NO_NEXT_HEADER;
  const node = protocolNode6(protocol);
  if (node) return NODE_BIT | node;
  return refuse(packet, PROBLEM6_NEXT_HEADER, packet.note2);
}

function refuse(packet: Packet, code: u32, pointer: u32): u32 {
  noteError(packet, ICMP6_PARAMETER_PROBLEM, code, pointer);
  return Edge.IP6_ERROR;
}

function isExtension(protocol: u32): bool {
  return (
    protocol == PROTOCOL_HOP_BY_HOP ||
    protocol == PROTOCOL_DESTINATION_OPTIONS ||
    protocol == PROTOCOL_ROUTING ||
    protocol == PROTOCOL_FRAGMENT
  );
}
