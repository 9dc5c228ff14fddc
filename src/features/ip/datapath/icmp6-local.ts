import { punt } from '../../../engine/datapath/events';
import { NODE_ICMP6_LOCAL } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import {
  ICMP_HEADER_BYTES,
  ICMP6_ECHO_REPLY,
  ICMP6_ECHO_REQUEST,
  ICMP6_PARAMETER_PROBLEM,
  ICMP6_UNREACHABLE,
  IcmpHeader,
} from '../../../net/datapath/icmp-header';
import { PROTOCOL_ICMP6 } from '../../../net/datapath/ip-protocols';
import {
  IP6_DEFAULT_HOP_LIMIT,
  IP6_HEADER_BYTES,
  Ip6Header,
  isLinkLocal6,
  isMulticast6,
  isUnspecified6,
} from '../../../net/datapath/ip6-header';
import { interfaceRestAt } from '../../interface/datapath/interface-rest';
import { icmp6Sum } from './icmp6-sum';
import { icmp6Node } from './protocols';

export enum Edge {
  IP6_SEND,
  PUNTED,
  /** The message is shorter than an ICMPv6 header. */
  DROP_ICMP6_TRUNCATED,
  /** The message's checksum is wrong. */
  DROP_ICMP6_BAD_CHECKSUM,
  /** An echo request from no address, or to a group by an interface that has no address to answer from. */
  DROP_ICMP6_UNANSWERABLE,
  /** A type of message that nobody here takes (RFC 4443 2.4 (b)). */
  DROP_ICMP6_UNKNOWN_TYPE,
  /** The control thread has too much to read already. */
  DROP_PUNT_FULL,
}

/**
 * Answers echo requests to us in place, and gives other messages, checked but whole, to the stage of their type, or to
 * the control thread what answers or refuses something we have sent.
 *
 * @table icmp6-types
 */
export function icmp6Local(packet: Packet): u32 {
  const offset = packet.note;
  if (packet.dataLen < <u16>(offset + ICMP_HEADER_BYTES)) return Edge.DROP_ICMP6_TRUNCATED;
  if (icmp6Sum(packet, offset) != 0xffff) return Edge.DROP_ICMP6_BAD_CHECKSUM;
  const type: u32 = changetype<IcmpHeader>(packet.data + offset).type;
  if (type == ICMP6_ECHO_REQUEST) return answerEcho(packet);
  const node = icmp6Node(type);
  if (node) return NODE_BIT | node;
  if (!isForControl(type)) return Edge.DROP_ICMP6_UNKNOWN_TYPE;
  return punt(NODE_ICMP6_LOCAL, packet) ? Edge.PUNTED : Edge.DROP_PUNT_FULL;
}

/** Turns a request into its reply: addresses swapped, extension headers left out (RFC 4443 4.2). */
function answerEcho(packet: Packet): u32 {
  const request = changetype<Ip6Header>(packet.data);
  if (isUnspecified6(request.sourceLow, request.sourceHigh)) return Edge.DROP_ICMP6_UNANSWERABLE;
  if (isMulticast6(request.destinationLow) && !answerForGroup(packet, request)) {
    return Edge.DROP_ICMP6_UNANSWERABLE;
  }
  const extensions = packet.note - IP6_HEADER_BYTES;
  if (extensions) memory.copy(packet.data + extensions, packet.data, IP6_HEADER_BYTES);
  packet.strip(extensions);
  writeReply(packet);
  packet.output = packet.iface;
  return Edge.IP6_SEND;
}

/** Puts the interface's own address in the place of the group: link-local to a link-local sender; false without one. */
function answerForGroup(packet: Packet, request: Ip6Header): bool {
  const rest = interfaceRestAt(packet.iface);
  const near = isLinkLocal6(request.sourceLow);
  request.destinationLow = near ? rest.linkLocalLow : rest.address6Low;
  request.destinationHigh = near ? rest.linkLocalHigh : rest.address6High;
  return !isUnspecified6(request.destinationLow, request.destinationHigh);
}

function writeReply(packet: Packet): void {
  const header = changetype<Ip6Header>(packet.data);
  header.payloadLengthRaw = bswap<u16>(<u16>(packet.pktLen - IP6_HEADER_BYTES));
  header.nextHeader = <u8>PROTOCOL_ICMP6;
  header.hopLimit = IP6_DEFAULT_HOP_LIMIT;
  const senderLow = header.sourceLow;
  const senderHigh = header.sourceHigh;
  header.sourceLow = header.destinationLow;
  header.sourceHigh = header.destinationHigh;
  header.destinationLow = senderLow;
  header.destinationHigh = senderHigh;
  const icmp = changetype<IcmpHeader>(packet.data + IP6_HEADER_BYTES);
  icmp.type = <u8>ICMP6_ECHO_REPLY;
  icmp.checksumRaw = 0;
  icmp.checksumRaw = ~(<u16>icmp6Sum(packet, IP6_HEADER_BYTES));
}

function isForControl(type: u32): bool {
  return type == ICMP6_ECHO_REPLY || (type >= ICMP6_UNREACHABLE && type <= ICMP6_PARAMETER_PROBLEM);
}
