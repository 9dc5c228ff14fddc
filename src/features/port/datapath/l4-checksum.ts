import { sumPacket } from '../../../engine/datapath/chain';
import {
  Packet,
  RX_L4_CKSUM_BAD,
  RX_L4_CKSUM_GOOD,
  TX_ANY,
  TX_IPV4,
  TX_IPV6,
  TX_L4_MASK,
  TX_TCP_CKSUM,
  TX_TCP_SEG,
  TX_UDP_CKSUM,
} from '../../../engine/datapath/packet';
import { checksumOf, sumBytes } from '../../../net/datapath/checksum';
import {
  ETHER_HEADER_BYTES,
  isTagType,
  TYPE_IP4_RAW,
  TYPE_IP6_RAW,
  VLAN_TAG_BYTES,
} from '../../../net/datapath/ether-header';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { IP4_FRAGMENT_RAW, IP4_HEADER_BYTES, Ip4Header } from '../../../net/datapath/ip4-header';
import { upperLayer6 } from '../../../net/datapath/ip6-extensions';
import { IP6_HEADER_BYTES, Ip6Header } from '../../../net/datapath/ip6-header';

// A sender on the same host (virtio, vhost, TAP) may leave a TCP or UDP checksum to the hardware: the packet
// then holds the pseudo header's sum only, and says so in olFlags, in one of two ways: it still asks for it (TX…),
// or it arrived with the checksum missing but the data known to be good (both RX bits: "none", rte_mbuf_core.h).

/** Bits one of which a packet with an unfinished checksum or another wish has, and one with a good or unknown one has not. */
export const L4_CKSUM_SUSPECT: u64 = RX_L4_CKSUM_BAD | TX_ANY;

const RX_L4_NONE: u64 = RX_L4_CKSUM_BAD | RX_L4_CKSUM_GOOD;
/** All that is said of a checksum: what a copy has to say, too. */
export const L4_CKSUM_STATE: u64 = TX_ANY | RX_L4_NONE;

/**
 * Finishes the checksum of a frame that leaves by a port: by the port where it can, else here. The port hears no other
 * wish of the sender: it would go by headers' lengths that nobody has filled in.
 */
export function finishFrameChecksum(packet: Packet, portCan: bool): void {
  const ipOffset = isUnfinished(packet) ? findIp(packet) : 0;
  if (ipOffset && portCan) askPort(packet, ipOffset);
  else if (ipOffset) finishL4Checksum(packet, ipOffset);
  else packet.olFlags &= ~TX_ANY;
}

/** Finishes the TCP or UDP checksum of a packet whose IP header lies `ipOffset` bytes into it, where it is unfinished. */
export function finishL4Checksum(packet: Packet, ipOffset: u32): void {
  if (!isUnfinished(packet)) return;
  packet.olFlags &= ~L4_CKSUM_STATE;
  const l4 = findL4(packet, ipOffset);
  const field = fieldOf(l4);
  if (!field) return;
  const offset = l4 & 0xffff;
  const bytes = packet.pktLen - offset;
  const at = packet.data + offset + field;
  store<u16>(at, 0);
  const sum = <u64>sumPacket(packet, offset, bytes) + pseudoSum(packet.data + ipOffset, l4 >> 16, bytes);
  const checksum = checksumOf(sum);
  store<u16>(at, checksum || l4 >> 16 != PROTOCOL_UDP ? checksum : 0xffff); // RFC 768: zero means none
}

/** Tells whether a packet's TCP or UDP checksum is left to whoever sends it on. @inline */
export function isUnfinished(packet: Packet): bool {
  return isUnfinishedBy(packet.olFlags);
}

/** The same by the packet's flags. @inline */
export function isUnfinishedBy(olFlags: u64): bool {
  return (olFlags & (TX_L4_MASK | TX_TCP_SEG)) != 0 || (olFlags & RX_L4_NONE) == RX_L4_NONE;
}

/** Asks the port's hardware for the checksum: with the headers' lengths, and the pseudo header's sum in place. */
function askPort(packet: Packet, ipOffset: u32): void {
  const l4 = findL4(packet, ipOffset);
  packet.olFlags &= ~L4_CKSUM_STATE;
  const field = fieldOf(l4);
  if (!field) return;
  const offset = l4 & 0xffff;
  const isIp4 = load<u8>(packet.data + ipOffset) >> 4 == 4;
  const kind = l4 >> 16 == PROTOCOL_TCP ? TX_TCP_CKSUM : TX_UDP_CKSUM;
  packet.olFlags |= kind | (isIp4 ? TX_IPV4 : TX_IPV6);
  packet.txOffload = <u64>ipOffset | ((<u64>(offset - ipOffset)) << 7);
  const sum = pseudoSum(packet.data + ipOffset, l4 >> 16, packet.pktLen - offset);
  store<u16>(packet.data + offset + field, ~checksumOf(sum));
}

/** Where a frame's IP header lies, behind up to two VLAN tags; zero when it has none. */
export function findIp(packet: Packet): u32 {
  let offset = ETHER_HEADER_BYTES;
  for (let tags = 0; tags < 3 && offset <= packet.dataLen; tags++) {
    const type = load<u16>(packet.data + offset - 2);
    if (type == TYPE_IP4_RAW || type == TYPE_IP6_RAW) return offset;
    if (!isTagType(type)) return 0;
    offset += VLAN_TAG_BYTES;
  }
  return 0;
}

/** Where a packet's transport header lies (low half) and its protocol (high half); zero when it has none to finish. */
function findL4(packet: Packet, ipOffset: u32): u32 {
  const left = packet.dataLen - ipOffset;
  const at = packet.data + ipOffset;
  if (load<u8>(at) >> 4 == 4) {
    if (left < IP4_HEADER_BYTES) return 0;
    const header = changetype<Ip4Header>(at);
    if (header.fragmentRaw & IP4_FRAGMENT_RAW) return 0;
    return inside(packet, ((<u32>header.protocol) << 16) | (ipOffset + header.headerBytes));
  }
  if (left < IP6_HEADER_BYTES) return 0;
  const upper = upperLayer6(changetype<Ip6Header>(at), left);
  return upper ? inside(packet, upper + ipOffset) : 0;
}

/** A place that has its checksum in the first segment, or zero. */
function inside(packet: Packet, l4: u32): u32 {
  return (l4 & 0xffff) + fieldOf(l4) + 2 <= packet.dataLen ? l4 : 0;
}

/** Where in the transport header the checksum lies; zero for other protocols. @inline */
function fieldOf(l4: u32): u32 {
  return l4 >> 16 == PROTOCOL_TCP ? 16 : l4 >> 16 == PROTOCOL_UDP ? 6 : 0;
}

/** Sum of the pseudo header (RFC 9293 3.1, RFC 8200 8.1). */
function pseudoSum(ip: usize, protocol: u32, bytes: u32): u64 {
  const addresses = load<u8>(ip) >> 4 == 4 ? sumBytes(ip + 12, 8) : sumBytes(ip + 8, 32);
  return addresses + bswap(bytes) + bswap(protocol);
}
