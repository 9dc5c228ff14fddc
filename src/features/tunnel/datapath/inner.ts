import {
  PACKET_LINK_MULTICAST,
  PACKET_LOCAL,
  Packet,
  RX_IP_CKSUM_BAD,
  RX_IP_CKSUM_GOOD,
  RX_L4_CKSUM_BAD,
  RX_L4_CKSUM_GOOD,
  RX_RSS_HASH,
} from '../../../engine/datapath/packet';

const RX_L4_NONE: u64 = RX_L4_CKSUM_BAD | RX_L4_CKSUM_GOOD;
const OF_THE_OUTER: u64 = RX_IP_CKSUM_GOOD | RX_IP_CKSUM_BAD | RX_RSS_HASH;

/**
 * Takes `bytes` of outer headers, which the first segment holds, off a packet, and forgets what the port has said of
 * them. A checksum that the sender left unfinished is the innermost one, and stays unfinished. How often something has
 * been put round the packet is not forgotten: a tunnel to ourselves must not turn it round for ever. @inline
 */
export function takeOuterOff(packet: Packet, bytes: u32): void {
  packet.strip(bytes);
  packet.flags &= ~(PACKET_LOCAL | PACKET_LINK_MULTICAST);
  forgetVerdicts(packet);
}

/**
 * Forgets what the port has said of a packet: it has spoken of headers that are gone, or of nothing. A checksum that the
 * sender left unfinished stays so. @inline
 */
export function forgetVerdicts(packet: Packet): void {
  const unfinished = (packet.olFlags & RX_L4_NONE) == RX_L4_NONE;
  packet.olFlags &= unfinished ? ~OF_THE_OUTER : ~(OF_THE_OUTER | RX_L4_NONE);
}
