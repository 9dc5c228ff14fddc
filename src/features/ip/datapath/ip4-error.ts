import { sumPacket } from '../../../engine/datapath/chain';
import { send } from '../../../engine/datapath/graph';
import { NODE_IP4_SEND } from '../../../engine/datapath/nodes';
import { PACKET_LINK_MULTICAST, PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { checksumOf, sumBytes } from '../../../net/datapath/checksum';
import {
  ICMP4_ECHO_REPLY,
  ICMP4_ECHO_REQUEST,
  ICMP4_PARAMETER_PROBLEM,
  ICMP4_TIME_EXCEEDED,
  ICMP4_UNREACHABLE,
  IcmpHeader,
  UNREACHABLE4_HOST,
  UNREACHABLE4_NET,
  UNREACHABLE4_PORT,
  UNREACHABLE4_PROTOCOL,
  UNREACHABLE4_TOO_BIG,
} from '../../../net/datapath/icmp-header';
import { PROTOCOL_ICMP } from '../../../net/datapath/ip-protocols';
import {
  IP4_DEFAULT_TTL,
  IP4_HEADER_BYTES,
  IP4_OFFSET_RAW,
  IP4_PLAIN,
  Ip4Header,
  isMulticast4,
} from '../../../net/datapath/ip4-header';
import { interfaceAt } from '../../interface/datapath/interface';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { errorOf, mayError, newError } from './icmp-errors';

export enum Edge {
  /** Its time to live has run out (RFC 1812 5.3.1). */
  DROP_IP4_TTL_EXCEEDED,
  /** No route leads to its destination (RFC 1812 5.2.7.1). */
  DROP_IP4_NO_ROUTE,
  /** The neighbour it should go to does not answer (RFC 1812 5.2.7.1). */
  DROP_IP4_HOST_UNREACHABLE,
  /** It is for us, and nobody here takes its protocol (RFC 1122 3.2.2.1). */
  DROP_IP4_PROTOCOL_UNREACHABLE,
  /** It is for us, and nobody here takes its port (RFC 1122 3.2.2.1). */
  DROP_IP4_PORT_UNREACHABLE,
  /** It is larger than the way out allows, and must not be fragmented (RFC 1191 4). */
  DROP_IP4_TOO_BIG,
  /** A route refuses it (RFC 1812 5.2.7.1: administratively prohibited). */
  DROP_IP4_REJECTED,
  /** One of its options is malformed (RFC 1812 4.3.3.5). */
  DROP_IP4_BAD_OPTION,
  /** An ICMP error was due, and this worker has sent as many as it may in this second (RFC 1812 4.3.2.8). */
  DROP_IP4_ERROR_LIMIT,
}

/** Longest error (RFC 1812 4.3.2.3), and its type of service: internetwork control (RFC 1812 4.3.2.5). */
const ERROR_BYTES: u32 = 576;
const ERROR_DSCP: u8 = 0xc0;

/** Drops a packet for the reason it brings, and tells its sender where that is allowed (RFC 1812 4.3.2). */
export function ip4Error(packet: Packet): u32 {
  const source = deservesError(packet) ? errorSource(packet) : 0;
  if (!source) return reasonOf(packet.note);
  if (!mayError()) return Edge.DROP_IP4_ERROR_LIMIT;
  const error = newError(packet, IP4_HEADER_BYTES, ERROR_BYTES);
  if (error === null) return reasonOf(packet.note);
  writeIcmp(error, packet.note, packet.note2);
  writeHeader(error, source, changetype<Ip4Header>(packet.data).sourceRaw);
  send(NODE_IP4_SEND, error);
  return reasonOf(packet.note);
}

/** Never about errors, fragments but the first, or what many have received or nobody has sent (RFC 1812 4.3.2.7). */
function deservesError(packet: Packet): bool {
  const header = changetype<Ip4Header>(packet.data);
  const sender = header.source >> 24;
  if (packet.flags & PACKET_LINK_MULTICAST || isMulticast4(header.destination)) return false;
  if (header.fragmentRaw & IP4_OFFSET_RAW || sender - 1 >= 223 || sender == 127) return false;
  return header.protocol != PROTOCOL_ICMP || isQuery(packet, header);
}

/** Of ICMP messages only echo requests and replies deserve errors: others are, or may be, errors themselves. */
function isQuery(packet: Packet, header: Ip4Header): bool {
  if (packet.dataLen <= header.headerBytes) return false;
  const type: u32 = load<u8>(packet.data + header.headerBytes);
  return type == ICMP4_ECHO_REQUEST || type == ICMP4_ECHO_REPLY;
}

/** Address of ours that the error comes from: of the way in, else of the way out, else the local sender's own. */
function errorSource(packet: Packet): u32 {
  const wayIn = interfaceAt(packet.iface).address4;
  if (wayIn) return wayIn;
  const wayOut = interfaceAt(nextHopAt(packet.nextHop).iface).address4;
  if (wayOut) return wayOut;
  return packet.flags & PACKET_LOCAL ? changetype<Ip4Header>(packet.data).sourceRaw : 0;
}

/** Completes the ICMP header: next-hop MTU (RFC 1191 4) or pointer (RFC 792), and checksum. */
function writeIcmp(error: Packet, note: u32, detail: u32): void {
  const icmp = changetype<IcmpHeader>(error.data + IP4_HEADER_BYTES);
  if (note == errorOf(ICMP4_UNREACHABLE, UNREACHABLE4_TOO_BIG)) icmp.restRaw = bswap(detail & 0xffff);
  if (note >> 8 == ICMP4_PARAMETER_PROBLEM) icmp.restRaw = detail & 0xff;
  icmp.checksumRaw = checksumOf(sumPacket(error, IP4_HEADER_BYTES, error.pktLen - IP4_HEADER_BYTES));
}

function writeHeader(error: Packet, sourceRaw: u32, destinationRaw: u32): void {
  const header = changetype<Ip4Header>(error.data);
  header.versionIhl = IP4_PLAIN;
  header.dscpEcn = ERROR_DSCP;
  header.totalLengthRaw = bswap<u16>(<u16>error.pktLen);
  header.identificationRaw = 0;
  header.fragmentRaw = 0;
  header.ttl = IP4_DEFAULT_TTL;
  header.protocol = <u8>PROTOCOL_ICMP;
  header.checksumRaw = 0;
  header.sourceRaw = sourceRaw;
  header.destinationRaw = destinationRaw;
  header.checksumRaw = checksumOf(sumBytes(changetype<usize>(header), IP4_HEADER_BYTES));
}

/** The drop that an error stands for. */
function reasonOf(note: u32): u32 {
  const code = note & 0xff;
  if (note >> 8 == ICMP4_TIME_EXCEEDED) return Edge.DROP_IP4_TTL_EXCEEDED;
  if (note >> 8 == ICMP4_PARAMETER_PROBLEM) return Edge.DROP_IP4_BAD_OPTION;
  if (code == UNREACHABLE4_NET) return Edge.DROP_IP4_NO_ROUTE;
  if (code == UNREACHABLE4_HOST) return Edge.DROP_IP4_HOST_UNREACHABLE;
  if (code == UNREACHABLE4_PROTOCOL) return Edge.DROP_IP4_PROTOCOL_UNREACHABLE;
  if (code == UNREACHABLE4_PORT) return Edge.DROP_IP4_PORT_UNREACHABLE;
  return code == UNREACHABLE4_TOO_BIG ? Edge.DROP_IP4_TOO_BIG : Edge.DROP_IP4_REJECTED;
}
