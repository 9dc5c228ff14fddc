import { Packet } from '../../../engine/datapath/packet';
import { checksumChanged } from '../../../net/datapath/checksum';
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
/** In the word of a header that begins with the fragment field, what makes a fragment and, in front, the protocol. */
const FRAGMENT_AND_PROTOCOL: u32 = 0xff000000 | <u32>IP4_FRAGMENT_RAW;
const TCP_FLAGS: u32 = 13;
const TCP_CHECKSUM: u32 = 16;
const UDP_CHECKSUM: u32 = 6;

/** Tells whether a frame carries such a packet; of one that is foreseen (ip/datapath/foresee.ts) most is known. @inline */
export function isPlain(packet: Packet, foreseen: bool): bool {
  if (foreseen) return packet.pktLen >= PLAIN_BYTES && isWholeTransport(ipOf(packet));
  if (packet.dataLen < <u16>PLAIN_BYTES) return false;
  if (packet.olFlags & L4_CKSUM_SUSPECT) return false;
  if (load<u16>(packet.data, 12) != TYPE_IP4_RAW) return false;
  const header = changetype<Ip4Header>(ipOf(packet));
  if (header.versionIhl != IP4_PLAIN || !isWholeTransport(ipOf(packet))) return false;
  return header.totalLength >= IP4_HEADER_BYTES + checksumAt(header.protocol) + 2;
}

/** Tells whether TCP or UDP lies behind an IPv4 header, and not a fragment of it. @inline */
function isWholeTransport(ip: usize): bool {
  const asked = load<u32>(ip, offsetof<Ip4Header>('fragmentRaw')) & FRAGMENT_AND_PROTOCOL;
  return asked == PROTOCOL_UDP << 24 || asked == PROTOCOL_TCP << 24;
}

/** An end of an address and a port. @inline */
export function endOf(addressRaw: u32, port: u16): u64 {
  return <u64>addressRaw | ((<u64>port) << 32);
}

/** The address on this side of the interface: the source of what leaves. @inline */
export function localAddress(packet: Packet, side: u32): u32 {
  return load<u32>(ipOf(packet) + addressAt(side));
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

/** The same with an address alone, by what that adds to sums, folded to 16 bits. @inline */
export function readdressPlain(packet: Packet, side: u32, addressRaw: u32, change: u32): void {
  const ip = ipOf(packet);
  const header = changetype<Ip4Header>(ip);
  store<u32>(ip + addressAt(side), addressRaw);
  header.changeChecksum(change);
  const isUdp = header.protocol == <u8>PROTOCOL_UDP;
  const at = ip + IP4_HEADER_BYTES + (isUdp ? UDP_CHECKSUM : TCP_CHECKSUM);
  const before: u32 = load<u16>(at);
  if (isUdp && !before) return; // RFC 768: it has none
  const after = checksumChanged(before, change);
  store<u16>(at, <u16>(isUdp && !after ? 0xffff : after));
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
