import { Packet } from '../../../engine/datapath/packet';
import { PROTOCOL_SCTP, PROTOCOL_TCP, PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { IP4_FRAGMENT_RAW, Ip4Header } from '../../../net/datapath/ip4-header';
import { IP6_FLOW_LABEL_RAW, IP6_HEADER_BYTES, Ip6Header } from '../../../net/datapath/ip6-header';

// What all packets of a flow have in common, as 32 well-mixed bits: what spreads flows over a group's members
// and gives tunnels their entropy. A packet that may be a fragment is hashed without ports, so that all
// fragments of a datagram go the same way.

const ODD1: u64 = 0x9e3779b97f4a7c15;
const ODD2: u64 = 0xbf58476d1ce4e5b9;

/** Hash of an IPv4 packet's flow: addresses, protocol, and the ports of whole TCP, UDP and SCTP packets. */
export function flowHash4(packet: Packet): u32 {
  return headerHash4(packet.data, packet.dataLen);
}

/** The same of the header that lies at `ip`, `bytes` of whose packet can be read. @inline */
export function headerHash4(ip: usize, bytes: u32): u32 {
  const header = changetype<Ip4Header>(ip);
  const addresses = ((<u64>header.sourceRaw) << 32) | header.destinationRaw;
  const whole = !(header.fragmentRaw & IP4_FRAGMENT_RAW);
  const ports = whole ? portsAt(ip, bytes, header.headerBytes, header.protocol) : 0;
  return finish(mix(mix(ODD1, addresses), ((<u64>header.protocol) << 32) | ports));
}

/**
 * Hash of an IPv6 packet's flow: addresses and flow label (RFC 6438), and the ports where there is no label and no
 * extension header in the way.
 */
export function flowHash6(packet: Packet): u32 {
  const header = changetype<Ip6Header>(packet.data);
  const source = mix(mix(ODD1, header.sourceLow), header.sourceHigh);
  const both = mix(mix(source, header.destinationLow), header.destinationHigh);
  const label = header.versionClassFlowRaw & IP6_FLOW_LABEL_RAW;
  if (label) return finish(mix(both, label));
  const ports = portsAt(packet.data, packet.dataLen, IP6_HEADER_BYTES, header.nextHeader);
  return finish(mix(both, ((<u64>header.nextHeader) << 32) | ports));
}

/** Hash of what tells the flows apart that are not IP. */
export function hashWords(first: u64, second: u64): u32 {
  return finish(mix(mix(ODD1, first), second));
}

/** Both ports of a transport header as they lie, zero where there are none. @inline */
function portsAt(ip: usize, bytes: u32, offset: u32, protocol: u32): u32 {
  if (protocol != PROTOCOL_TCP && protocol != PROTOCOL_UDP && protocol != PROTOCOL_SCTP) return 0;
  if (bytes < offset + 4) return 0;
  return load<u32>(ip + offset);
}

/** @inline */
function mix(hash: u64, word: u64): u64 {
  const product = (hash ^ word) * ODD2;
  return (product ^ (product >> 32)) * ODD1;
}

/** @inline */
function finish(hash: u64): u32 {
  return <u32>(((hash ^ (hash >> 29)) * ODD2) >> 32);
}
