import { send } from '../../../engine/datapath/graph';
import { NODE_IP6_SEND } from '../../../engine/datapath/nodes';
import { PACKET_LINK_MULTICAST, PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import {
  ICMP6_FIRST_INFORMATIONAL,
  ICMP6_PARAMETER_PROBLEM,
  ICMP6_REDIRECT,
  ICMP6_TIME_EXCEEDED,
  ICMP6_TOO_BIG,
  IcmpHeader,
  PROBLEM6_NEXT_HEADER,
  PROBLEM6_OPTION,
  UNREACHABLE6_ADDRESS,
  UNREACHABLE6_NO_ROUTE,
  UNREACHABLE6_PORT,
  UNREACHABLE6_SCOPE,
} from '../../../net/datapath/icmp-header';
import { PROTOCOL_ICMP6 } from '../../../net/datapath/ip-protocols';
import { upperLayer6 } from '../../../net/datapath/ip6-extensions';
import {
  IP6_DEFAULT_HOP_LIMIT,
  IP6_HEADER_BYTES,
  IP6_PLAIN_RAW,
  Ip6Header,
  isLinkLocal6,
  isMulticast6,
  isUnspecified6,
} from '../../../net/datapath/ip6-header';
import { Interface, interfaceAt } from '../../interface/datapath/interface';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { errorOf, mayError, newError } from './icmp-errors';
import { icmp6Sum } from './icmp6-sum';

export enum Edge {
  /** Its hop limit has run out (RFC 4443 3.3). */
  DROP_IP6_HOP_LIMIT_EXCEEDED,
  /** It is larger than the way out allows (RFC 4443 3.2). */
  DROP_IP6_TOO_BIG,
  /** No route leads to its destination (RFC 4443 3.1). */
  DROP_IP6_NO_ROUTE,
  /** A route refuses it (RFC 4443 3.1: administratively prohibited). */
  DROP_IP6_REJECTED,
  /** Its source is link-local, and its way leads beyond the link (RFC 4291 2.5.6). */
  DROP_IP6_LINK_LOCAL_SOURCE,
  /** The neighbour it should go to does not answer (RFC 4443 3.1). */
  DROP_IP6_HOST_UNREACHABLE,
  /** It is for us, and nobody here takes its port (RFC 4443 3.1). */
  DROP_IP6_PORT_UNREACHABLE,
  /** It is for us, and nobody here takes what its next header says (RFC 4443 3.4). */
  DROP_IP6_UNKNOWN_NEXT_HEADER,
  /** An option that we do not know says that it must not be skipped (RFC 8200 4.2). */
  DROP_IP6_UNKNOWN_OPTION,
  /** It wants to be routed on by us, its destination (RFC 5095 3). */
  DROP_IP6_ROUTING_HEADER,
  /** An ICMPv6 error was due, and this worker has sent as many as it may in this second (RFC 4443 2.4 (f)). */
  DROP_IP6_ERROR_LIMIT,
}

/** Longest error: what every link takes whole (RFC 4443 2.4 (c)). */
const ERROR_BYTES: u32 = 1280;

/** Drops a packet for the reason it brings, and tells its sender where that is allowed (RFC 4443 2.4 (e)). */
export function ip6Error(packet: Packet): u32 {
  const source = deservesError(packet) ? errorSource(packet) : 0;
  if (!source) return reasonOf(packet.note);
  if (!mayError()) return Edge.DROP_IP6_ERROR_LIMIT;
  const error = newError(packet, IP6_HEADER_BYTES, ERROR_BYTES);
  if (error === null) return reasonOf(packet.note);
  writeHeader(error, source, changetype<Ip6Header>(packet.data).source);
  writeIcmp(error, packet.note, packet.note2);
  error.output = packet.iface;
  send(NODE_IP6_SEND, error);
  return reasonOf(packet.note);
}

/**
 * Never about errors and redirects, or what nobody has sent. What many have received may be too big, or carry an
 * option that asks for a report; nothing else about it is told.
 */
function deservesError(packet: Packet): bool {
  const header = changetype<Ip6Header>(packet.data);
  if (isUnspecified6(header.sourceLow, header.sourceHigh) || isMulticast6(header.sourceLow)) return false;
  const toMany = isMulticast6(header.destinationLow) || packet.flags & PACKET_LINK_MULTICAST;
  if (toMany && !isToldOfGroups(packet.note)) return false;
  const upper = upperLayer6(header, packet.dataLen);
  if (!upper) return packet.nbSegs == 1; // a later fragment, or headers that go on in the next buffer
  const offset = upper & 0xffff;
  if (upper >> 16 != PROTOCOL_ICMP6) return true;
  if (offset >= <u32>packet.dataLen) return false; // its type lies in a later buffer, or nowhere
  const type: u32 = load<u8>(packet.data + offset);
  return type >= ICMP6_FIRST_INFORMATIONAL && type != ICMP6_REDIRECT;
}

function isToldOfGroups(note: u32): bool {
  return note >> 8 == ICMP6_TOO_BIG || note == errorOf(ICMP6_PARAMETER_PROBLEM, PROBLEM6_OPTION);
}

/** Where the address lies that the error comes from: of the way in, else of the way out, else the local sender's own. */
function errorSource(packet: Packet): usize {
  const header = changetype<Ip6Header>(packet.data);
  const near = isLinkLocal6(header.sourceLow);
  const wayIn = addressOf(interfaceAt(packet.iface), near);
  if (wayIn) return wayIn;
  const wayOut = addressOf(interfaceAt(nextHopAt(packet.nextHop).iface), near);
  if (wayOut) return wayOut;
  return packet.flags & PACKET_LOCAL ? header.source : 0;
}

/** Where an interface's address for senders on its link, or for others, lies; null when it has none. */
function addressOf(iface: Interface, near: bool): usize {
  const offset = near ? offsetof<Interface>('linkLocalLow') : offsetof<Interface>('address6Low');
  const address = changetype<usize>(iface) + offset;
  return load<u64>(address) | load<u64>(address, 8) ? address : 0;
}

function writeHeader(error: Packet, source: usize, destination: usize): void {
  const header = changetype<Ip6Header>(error.data);
  header.versionClassFlowRaw = IP6_PLAIN_RAW;
  header.payloadLengthRaw = bswap<u16>(<u16>(error.pktLen - IP6_HEADER_BYTES));
  header.nextHeader = <u8>PROTOCOL_ICMP6;
  header.hopLimit = IP6_DEFAULT_HOP_LIMIT;
  memory.copy(header.source, source, 16);
  memory.copy(header.destination, destination, 16);
}

/** Completes the ICMPv6 header: MTU or pointer (RFC 4443 3.2, 3.4), and checksum. */
function writeIcmp(error: Packet, note: u32, detail: u32): void {
  const icmp = changetype<IcmpHeader>(error.data + IP6_HEADER_BYTES);
  const type = note >> 8;
  if (type == ICMP6_TOO_BIG || type == ICMP6_PARAMETER_PROBLEM) icmp.restRaw = bswap(detail);
  icmp.checksumRaw = ~(<u16>icmp6Sum(error, IP6_HEADER_BYTES));
}

/** The drop that an error stands for. */
function reasonOf(note: u32): u32 {
  const type = note >> 8;
  const code = note & 0xff;
  if (type == ICMP6_TIME_EXCEEDED) return Edge.DROP_IP6_HOP_LIMIT_EXCEEDED;
  if (type == ICMP6_TOO_BIG) return Edge.DROP_IP6_TOO_BIG;
  if (type == ICMP6_PARAMETER_PROBLEM) return reasonOfProblem(code);
  if (code == UNREACHABLE6_NO_ROUTE) return Edge.DROP_IP6_NO_ROUTE;
  if (code == UNREACHABLE6_SCOPE) return Edge.DROP_IP6_LINK_LOCAL_SOURCE;
  if (code == UNREACHABLE6_ADDRESS) return Edge.DROP_IP6_HOST_UNREACHABLE;
  return code == UNREACHABLE6_PORT ? Edge.DROP_IP6_PORT_UNREACHABLE : Edge.DROP_IP6_REJECTED;
}

function reasonOfProblem(code: u32): u32 {
  if (code == PROBLEM6_NEXT_HEADER) return Edge.DROP_IP6_UNKNOWN_NEXT_HEADER;
  return code == PROBLEM6_OPTION ? Edge.DROP_IP6_UNKNOWN_OPTION : Edge.DROP_IP6_ROUTING_HEADER;
}
