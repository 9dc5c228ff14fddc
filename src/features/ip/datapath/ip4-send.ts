import { PACKET_LINK_MULTICAST, PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { IP4_HEADER_BYTES, Ip4Header } from '../../../net/datapath/ip4-header';
import { route4 } from './route';

export enum Edge {
  /** The packet is shorter than its IPv4 header. */
  DROP_IP4_TRUNCATED,
  /** The header's version is not 4, or its length is less than five words. */
  DROP_IP4_BAD_HEADER,
  /** The total length is not the packet's. */
  DROP_IP4_BAD_LENGTH,
}

/**
 * Starts an IPv4 packet of this router or its host on its way, in the VRF that the packet names.
 *
 * @table next-hop-input
 */
export function ip4Send(packet: Packet): u32 {
  if (packet.dataLen < <u16>IP4_HEADER_BYTES) return Edge.DROP_IP4_TRUNCATED;
  const header = changetype<Ip4Header>(packet.data);
  if (header.versionIhl >> 4 != 4 || header.headerBytes < IP4_HEADER_BYTES) return Edge.DROP_IP4_BAD_HEADER;
  if (header.headerBytes > packet.dataLen) return Edge.DROP_IP4_TRUNCATED;
  if (header.totalLength != packet.pktLen) return Edge.DROP_IP4_BAD_LENGTH;
  packet.flags = (packet.flags & ~PACKET_LINK_MULTICAST) | PACKET_LOCAL;
  packet.etherType = TYPE_IP4_RAW;
  return NODE_BIT | route4(packet, header.destinationAt);
}
