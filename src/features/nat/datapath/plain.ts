import { Packet } from '../../../engine/datapath/packet';
import { ETHER_HEADER_BYTES, TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { IP4_FRAGMENT_RAW, IP4_HEADER_BYTES, IP4_PLAIN, Ip4Header } from '../../../net/datapath/ip4-header';
import { L4_CKSUM_SUSPECT } from '../../port/datapath/l4-checksum';
import { SIDE_INSIDE } from './flow';
import { addressAt, changeAddress, changePort, updateChecksum } from './rewrite';

// What comes nearly always: TCP or UDP over IPv4, whole, without options, and nothing is said against its checksum. The
// fast way takes nothing else along, and needs no flow record for it. An end of such a packet is one word:
//
//   63 ── zero ── 48 │ 47 ── port ── 32 │ 31 ── address ── 0       as they lie on the wire

/** The bits of an end that are its port. */
export const PORT_OF_END: u64 = (0xffff as u64) << 32;

/** As many bytes of a frame have to lie in one piece: its headers up to the checksum of TCP. */
const PLAIN_BYTES: u32 = ETHER_HEADER_BYTES + IP4_HEADER_BYTES + 18;
const TCP_FLAGS: u32 = 13;
const TCP_CHECKSUM: u32 = 16;
const UDP_CHECKSUM: u32 = 6;

/** Tells whether a frame carries such a packet. @inline */
export function isPlain(packet: Packet): bool {
  if (packet.dataLen < <u16>PLAIN_BYTES) return false;
  if (packet.olFlags & L4_CKSUM_SUSPECT) return false;
  if (load<u16>(packet.data, 12) != TYPE_IP4_RAW) return false;
  const header = changetype<Ip4Header>(ipOf(packet));
  if (header.versionIhl != IP4_PLAIN || header.fragmentRaw & IP4_FRAGMENT_RAW) return false;
  const protocol: u32 = header.protocol;
  if (protocol != PROTOCOL_UDP && protocol != PROTOCOL_TCP) return false;
  return header.totalLength >= IP4_HEADER_BYTES + checksumAt(protocol) + 2;
}

/** An end of an address and a port. @inline */
export function endOf(addressRaw: u32, port: u16): u64 {
  return <u64>addressRaw | ((<u64>port) << 32);
}

/** The end on this side of the interface: the source of what leaves. @inline */
export function localEnd(packet: Packet, side: u32): u64 {
  return endAt(ipOf(packet), addressAt(side), portAt(side));
}

/** The other end. @inline */
export function remoteEnd(packet: Packet, side: u32): u64 {
  return endAt(ipOf(packet), addressAt(side ^ 1), portAt(side ^ 1));
}

/** @inline */
export function protocolOf(packet: Packet): u32 {
  return changetype<Ip4Header>(ipOf(packet)).protocol;
}

/** The flags of a TCP segment; none of a UDP datagram. @inline */
export function tcpFlagsOf(packet: Packet, protocol: u32): u32 {
  return protocol == PROTOCOL_TCP ? <u32>load<u8>(ipOf(packet), IP4_HEADER_BYTES + TCP_FLAGS) : 0;
}

/** Gives a packet another end on this side, and brings its checksums up to date. @inline */
export function rewritePlain(packet: Packet, side: u32, end: u64): void {
  const ip = ipOf(packet);
  const protocol: u32 = changetype<Ip4Header>(ip).protocol;
  const addresses = changeAddress(ip, addressAt(side), <u32>end);
  const ports = changePort(ip + portAt(side), <u16>(end >> 32));
  updateChecksum(ip + IP4_HEADER_BYTES + checksumAt(protocol), protocol, addresses + ports);
}

/** @inline */
function ipOf(packet: Packet): usize {
  return packet.data + ETHER_HEADER_BYTES;
}

/** @inline */
function endAt(ip: usize, address: u32, port: u32): u64 {
  return endOf(load<u32>(ip + address), load<u16>(ip + port));
}

/** Where the port of the end on this side lies: the source's in front of the destination's. @inline */
function portAt(side: u32): u32 {
  return side == SIDE_INSIDE ? IP4_HEADER_BYTES : IP4_HEADER_BYTES + 2;
}

/** Where the checksum lies in the transport header. @inline */
function checksumAt(protocol: u32): u32 {
  return protocol == PROTOCOL_TCP ? TCP_CHECKSUM : UDP_CHECKSUM;
}
