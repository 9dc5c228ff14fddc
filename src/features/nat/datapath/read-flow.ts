import { TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import {
  ICMP4_ECHO_REPLY,
  ICMP4_ECHO_REQUEST,
  ICMP4_PARAMETER_PROBLEM,
  ICMP4_TIME_EXCEEDED,
  ICMP4_UNREACHABLE,
} from '../../../net/datapath/icmp-header';
import {
  PROTOCOL_DCCP,
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PROTOCOL_UDP_LITE,
} from '../../../net/datapath/ip-protocols';
import {
  IP4_FRAGMENT_RAW,
  IP4_HEADER_BYTES,
  IP4_OFFSET_RAW,
  Ip4Header,
} from '../../../net/datapath/ip4-header';
import {
  FLOW_ADDRESSES,
  FLOW_CUT,
  FLOW_ERROR,
  FLOW_FRAGMENT,
  FLOW_MESSAGE,
  FLOW_NONE,
  FLOW_PORTS,
  Flow,
  SIDE_INSIDE,
} from './flow';

/**
 * Reads which flow a frame belongs to, of which so many bytes lie in one piece: on the interface and side that the flow
 * says. What it carries begins at `at`, with its ethertype right in front.
 */
export function readFrame(flow: Flow, frame: usize, at: u32, bytes: u32): void {
  if (bytes < at || load<u16>(frame + at - 2) != TYPE_IP4_RAW) return;
  readPacket(flow, frame + at, bytes - at);
}

/** The same of a packet without its frame. */
export function readPacket(flow: Flow, ip: usize, bytes: u32): void {
  if (bytes >= IP4_HEADER_BYTES) readHeader(flow, ip, bytes);
}

/** Reads the flow of an IPv4 packet, of which so many bytes lie in one piece; an ICMP error quotes no more of one. */
export function readHeader(flow: Flow, ip: usize, bytes: u32): void {
  const header = changetype<Ip4Header>(ip);
  const headerBytes = header.headerBytes;
  flow.kind = FLOW_NONE;
  if (header.versionIhl >> 4 != 4 || headerBytes < IP4_HEADER_BYTES) return;
  const present = min<u32>(bytes, header.totalLength);
  if (present < headerBytes) return;
  const isInside = flow.side == SIDE_INSIDE;
  flow.localRaw = isInside ? header.sourceRaw : header.destinationRaw;
  flow.remoteRaw = isInside ? header.destinationRaw : header.sourceRaw;
  flow.localPort = 0;
  flow.remotePort = 0;
  flow.protocol = header.protocol;
  flow.detail = 0;
  flow.ip = <u32>ip;
  flow.l4 = <u32>ip + headerBytes;
  flow.l4Bytes = present - headerBytes;
  const isFragment = (header.fragmentRaw & IP4_FRAGMENT_RAW) != 0;
  flow.fragment = isFragment ? load<u32>(ip, 4) : 0;
  flow.kind = header.fragmentRaw & IP4_OFFSET_RAW ? FLOW_FRAGMENT : readTransport(flow);
}

/** Where a protocol's header has the checksum that covers addresses, too; zero where none does. */
export function checksumOffset(protocol: u32): u32 {
  if (protocol == PROTOCOL_TCP) return 16;
  return protocol == PROTOCOL_UDP || protocol == PROTOCOL_UDP_LITE || protocol == PROTOCOL_DCCP ? 6 : 0;
}

function readTransport(flow: Flow): u32 {
  if (flow.protocol == <u8>PROTOCOL_ICMP) return readIcmp(flow);
  const checksum = checksumOffset(flow.protocol);
  if (!checksum) return FLOW_ADDRESSES;
  if (flow.l4Bytes < 8) return FLOW_CUT;
  readPorts(flow, load<u16>(flow.l4), load<u16>(flow.l4, 2));
  if (flow.l4Bytes < checksum + 2) return FLOW_CUT;
  if (flow.protocol == <u8>PROTOCOL_TCP) flow.detail = load<u8>(flow.l4, 13);
  return FLOW_PORTS;
}

function readPorts(flow: Flow, source: u16, destination: u16): void {
  const isInside = flow.side == SIDE_INSIDE;
  flow.localPort = isInside ? source : destination;
  flow.remotePort = isInside ? destination : source;
}

function readIcmp(flow: Flow): u32 {
  if (flow.l4Bytes < 8) return FLOW_CUT;
  const type: u32 = load<u8>(flow.l4);
  flow.detail = <u8>type;
  if (isQuery(type)) {
    flow.localPort = load<u16>(flow.l4, 4);
    return FLOW_PORTS;
  }
  const isError = type == ICMP4_UNREACHABLE || type == ICMP4_TIME_EXCEEDED || type == ICMP4_PARAMETER_PROBLEM;
  return isError ? FLOW_ERROR : FLOW_MESSAGE;
}

/** Messages with an identifier (RFC 792): echo and timestamp. */
function isQuery(type: u32): bool {
  return (
    type == ICMP4_ECHO_REQUEST || type == ICMP4_ECHO_REPLY || type == TIMESTAMP || type == TIMESTAMP_REPLY
  );
}

const TIMESTAMP: u32 = 13;
const TIMESTAMP_REPLY: u32 = 14;

/** Tells whether an ICMP query's type is that of an answer. */
export function isAnswer(type: u32): bool {
  return type == ICMP4_ECHO_REPLY || type == TIMESTAMP_REPLY;
}
