import { sumPacket } from '../../../engine/datapath/chain';
import { PACKET_LINK_MULTICAST, PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { checksumOf, sumBytes } from '../../../net/datapath/checksum';
import {
  ICMP4_ECHO_REPLY,
  ICMP4_ECHO_REQUEST,
  ICMP4_PARAMETER_PROBLEM,
  ICMP4_UNREACHABLE,
  IcmpHeader,
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
import { errorOf, newError } from './icmp-errors';

// The ICMP error about an IPv4 packet that has noted which one it deserves.

/** Longest error (RFC 1812 4.3.2.3), and its type of service: internetwork control (RFC 1812 4.3.2.5). */
const ERROR_BYTES: u32 = 576;
const ERROR_DSCP: u8 = 0xc0;

/** Address of ours that an error about a packet comes from; zero where there is none, or no error is allowed. */
export function errorSource4(packet: Packet): u32 {
  return deservesError(packet) ? addressOfOurs(packet) : 0;
}

/** Makes the error that a packet has noted, from an address of ours to its sender; null without buffers. */
export function newError4(packet: Packet, source: u32): Packet | null {
  const error = newError(packet, IP4_HEADER_BYTES, ERROR_BYTES);
  if (error === null) return null;
  writeIcmp(error, packet.note, packet.note2);
  writeHeader(error, source, changetype<Ip4Header>(packet.data).sourceRaw);
  return error;
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

/** Of the way in, else of the way out, else the local sender's own. */
function addressOfOurs(packet: Packet): u32 {
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
