import { PACKET_LINK_MULTICAST, PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import {
  ICMP6_FIRST_INFORMATIONAL,
  ICMP6_PARAMETER_PROBLEM,
  ICMP6_REDIRECT,
  ICMP6_TOO_BIG,
  IcmpHeader,
  PROBLEM6_OPTION,
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
import { InterfaceRest, interfaceRestAt } from '../../interface/datapath/interface-rest';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { errorOf, newError } from './icmp-errors';
import { icmp6Sum } from './icmp6-sum';

// The ICMPv6 error about an IPv6 packet that has noted which one it deserves.

/** Where the address of ours lies that an error about a packet comes from; null where there is none, or no error is allowed. */
export function errorSource6(packet: Packet): usize {
  return deservesError(packet) ? addressOfOurs(packet) : 0;
}

/**
 * Makes the error that a packet has noted, from an address of ours to its sender, of at most so many bytes; null without
 * buffers.
 */
export function newError6(packet: Packet, source: usize, most: u32): Packet | null {
  const error = newError(packet, IP6_HEADER_BYTES, most);
  if (error === null) return null;
  writeHeader(error, source, changetype<Ip6Header>(packet.data).source);
  writeIcmp(error, packet.note, packet.note2);
  return error;
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

/** Of the way in, else of the way out, else the local sender's own. */
function addressOfOurs(packet: Packet): usize {
  const header = changetype<Ip6Header>(packet.data);
  const near = isLinkLocal6(header.sourceLow);
  const wayIn = addressOf(interfaceRestAt(packet.iface), near);
  if (wayIn) return wayIn;
  const wayOut = addressOf(interfaceRestAt(nextHopAt(packet.nextHop).iface), near);
  if (wayOut) return wayOut;
  return packet.flags & PACKET_LOCAL ? header.source : 0;
}

/** Where an interface's address for senders on its link, or for others, lies; null when it has none. */
function addressOf(rest: InterfaceRest, near: bool): usize {
  const offset = near ? offsetof<InterfaceRest>('linkLocalLow') : offsetof<InterfaceRest>('address6Low');
  const address = changetype<usize>(rest) + offset;
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
