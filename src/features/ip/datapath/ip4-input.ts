import { trim } from '../../../engine/datapath/chain';
import { isForeseen } from '../../../engine/datapath/foreseen';
import { PACKET_OPTIONS, Packet, RX_IP_CKSUM_BAD, RX_IP_CKSUM_GOOD } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { fold, holds20, sumBytes } from '../../../net/datapath/checksum';
import { IP4_HEADER_BYTES, IP4_PLAIN, Ip4Header, isSpecial4 } from '../../../net/datapath/ip4-header';
import { route4 } from './route';

export enum Edge {
  /** To a group or to everyone on the link. */
  IP4_MULTICAST,
  /** The packet is shorter than its IPv4 header. */
  DROP_IP4_TRUNCATED,
  /** The header's version is not 4, or its length is less than five words (RFC 1812 5.2.2). */
  DROP_IP4_BAD_HEADER,
  /** The header's checksum is wrong (RFC 1812 5.2.2). */
  DROP_IP4_BAD_CHECKSUM,
  /** The total length is less than the header's, or more than arrived (RFC 1812 5.2.2). */
  DROP_IP4_BAD_LENGTH,
  /** The source is no address that a station can have: of network 0, loopback, a group, class E (RFC 1812 5.3.7). */
  DROP_IP4_MARTIAN_SOURCE,
  /** The destination may not be seen on a wire: of network 0, loopback or class E (RFC 1812 5.3.7). */
  DROP_IP4_MARTIAN_DESTINATION,
}

/**
 * Checks an IPv4 header (RFC 1812 5.2.2), takes padding off, and looks up where the packet goes.
 *
 * @table next-hop-input
 */
export function ip4Input(packet: Packet): u32 {
  const header = changetype<Ip4Header>(packet.data);
  if (!isForeseen()) {
    if (packet.dataLen < <u16>IP4_HEADER_BYTES) return Edge.DROP_IP4_TRUNCATED;
    if (header.versionIhl != IP4_PLAIN) return takeWithOptions(packet, header);
    const verdict = packet.olFlags & (RX_IP_CKSUM_GOOD | RX_IP_CKSUM_BAD);
    if (verdict) {
      if (!isGood(verdict, header)) return Edge.DROP_IP4_BAD_CHECKSUM;
    } else if (!holds20(changetype<usize>(header))) return Edge.DROP_IP4_BAD_CHECKSUM;
    const length = header.totalLength;
    if (length != packet.pktLen) {
      if (length < IP4_HEADER_BYTES || length > packet.pktLen) return Edge.DROP_IP4_BAD_LENGTH;
      if (packet.nbSegs > 1) return takePadded(packet, header, length);
      packet.cut(length); // what pads a short frame to 60 bytes (IEEE 802.3 4.2.3.3)
    }
    if (isOneSpecial(header.sourceAt, header.destinationAt)) return sortSpecial(header);
  }
  return NODE_BIT | route4(packet, header.destinationAt);
}

/** Tells whether the checksum is right by what the port says of it; both bits say that the port does not know. @inline */
function isGood(verdict: u64, header: Ip4Header): bool {
  return verdict == RX_IP_CKSUM_GOOD || (verdict != RX_IP_CKSUM_BAD && holds20(changetype<usize>(header)));
}

function takeWithOptions(packet: Packet, header: Ip4Header): u32 {
  const headerBytes = header.headerBytes;
  if (header.versionIhl >> 4 != 4 || headerBytes < IP4_HEADER_BYTES) return Edge.DROP_IP4_BAD_HEADER;
  if (headerBytes > packet.dataLen) return Edge.DROP_IP4_TRUNCATED;
  const verdict = packet.olFlags & (RX_IP_CKSUM_GOOD | RX_IP_CKSUM_BAD);
  const holds = fold(sumBytes(changetype<usize>(header), headerBytes)) == 0xffff;
  if (verdict != RX_IP_CKSUM_GOOD && (verdict == RX_IP_CKSUM_BAD || !holds))
    return Edge.DROP_IP4_BAD_CHECKSUM;
  const length = header.totalLength;
  if (length < headerBytes || length > packet.pktLen) return Edge.DROP_IP4_BAD_LENGTH;
  packet.flags |= PACKET_OPTIONS;
  return takePadded(packet, header, length);
}

function takePadded(packet: Packet, header: Ip4Header, length: u32): u32 {
  if (length != packet.pktLen) trim(packet, length);
  if (isOneSpecial(header.sourceAt, header.destinationAt)) return sortSpecial(header);
  return NODE_BIT | route4(packet, header.destinationAt);
}

/**
 * Tells whether one of the addresses that lie at two places is special, both in one word of two lanes: bit 8 of a lane says that its byte is
 * neither 0 nor 127 nor from 224 on. (Half the instructions.) @inline
 */
function isOneSpecial(source: usize, destination: usize): bool {
  const first = load<u8>(source) | ((<u32>load<u8>(destination)) << 16);
  const plain = (first + 0x00ff00ff) & ((first ^ 0x007f007f) + 0x00ff00ff) & ~(first + 0x00200020);
  return (plain & 0x01000100) != 0x01000100;
}

/** Tells martians from groups. A station without an address may call its link (RFC 1122 3.2.1.3). */
function sortSpecial(header: Ip4Header): u32 {
  const toMany = header.destination >> 28 == 14 || header.destinationRaw == 0xffffffff;
  const unnamedToMany = header.sourceRaw == 0 && toMany;
  if (isSpecial4(header.sourceRaw) && !unnamedToMany) return Edge.DROP_IP4_MARTIAN_SOURCE;
  return toMany ? Edge.IP4_MULTICAST : Edge.DROP_IP4_MARTIAN_DESTINATION;
}
