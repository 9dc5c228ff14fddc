import { Packet, RX_IP_CKSUM_GOOD } from '../../../engine/datapath/packet';
import { FIB4_ROOTS } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';
import { fold, sum20, sumBytes } from '../../../net/datapath/checksum';
import { IP4_HEADER_BYTES, IP4_PLAIN, Ip4Header } from '../../../net/datapath/ip4-header';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { lookup4 } from './fib';

export enum Edge {
  /** The packet is shorter than an IPv4 header. */
  DROP_IP4_TRUNCATED,
  /** The header's version is not 4, or its length is less than five words (RFC 1812 5.2.2). */
  DROP_IP4_BAD_HEADER,
  /** The header's checksum is wrong (RFC 1812 5.2.2). */
  DROP_IP4_BAD_CHECKSUM,
  /** The total length is less than the header's, or more than arrived (RFC 1812 5.2.2). */
  DROP_IP4_BAD_LENGTH,
  /** The source or destination may not be seen on a wire (RFC 1812 5.3.7). */
  DROP_IP4_MARTIAN,
}

/**
 * Checks an IPv4 header (RFC 1812 5.2.2) and looks up where the packet goes.
 *
 * @table next-hop-input
 */
export function ip4Input(packet: Packet): u32 {
  if (packet.dataLen < <u16>IP4_HEADER_BYTES) return Edge.DROP_IP4_TRUNCATED;
  const header = changetype<Ip4Header>(packet.data);
  if (header.versionIhl != IP4_PLAIN) {
    if (header.versionIhl >> 4 != 4 || header.headerBytes < IP4_HEADER_BYTES) return Edge.DROP_IP4_BAD_HEADER;
    if (header.headerBytes > packet.dataLen) return Edge.DROP_IP4_TRUNCATED;
  }
  if (!(packet.olFlags & RX_IP_CKSUM_GOOD) && !checksumHolds(header)) return Edge.DROP_IP4_BAD_CHECKSUM;
  const length = header.totalLength;
  if (length < header.headerBytes || length > packet.pktLen) return Edge.DROP_IP4_BAD_LENGTH;
  if (isMartian(header.source) || isMartian(header.destination)) return Edge.DROP_IP4_MARTIAN;
  const root = <usize>load<u32>(FIB4_ROOTS + ((<usize>packet.vrf) << 2));
  const nextHop = lookup4(root, header.destination);
  packet.nextHop = nextHop;
  return NODE_BIT | nextHopAt(nextHop).node4;
}

/** @inline */
function checksumHolds(header: Ip4Header): bool {
  const at = changetype<usize>(header);
  if (header.versionIhl == IP4_PLAIN) return sum20(at) == 0xffff;
  return fold(sumBytes(at, header.headerBytes)) == 0xffff;
}

/** Addresses of 0/8, 127/8 and from 224/4 on. @inline */
function isMartian(address: u32): bool {
  const first = address >> 24;
  return first == 0 || first == 127 || first >= 224;
}
