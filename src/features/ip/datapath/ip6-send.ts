import { PACKET_LINK_MULTICAST, PACKET_LOCAL, Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { IP6_HEADER_BYTES, Ip6Header, isLinkLocal6 } from '../../../net/datapath/ip6-header';
import { interfaceRestAt } from '../../interface/datapath/interface-rest';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { isOwnLinkLocal } from './link-local';
import { route6 } from './route';

export enum Edge {
  IP6_LOCAL,
  /** The packet is shorter than an IPv6 header. */
  DROP_IP6_TRUNCATED,
  /** The header's version is not 6. */
  DROP_IP6_BAD_HEADER,
  /** The payload length is not the packet's. */
  DROP_IP6_BAD_LENGTH,
  /** To a link-local address, and no interface is named, or one without IPv6. */
  DROP_IP6_NO_LINK,
}

/**
 * Starts an IPv6 packet of this router or its host on its way, in the VRF that the packet names; to a link-local
 * address, by its output interface.
 *
 * @table next-hop-input
 */
export function ip6Send(packet: Packet): u32 {
  if (packet.dataLen < <u16>IP6_HEADER_BYTES) return Edge.DROP_IP6_TRUNCATED;
  const header = changetype<Ip6Header>(packet.data);
  if (header.version != 6) return Edge.DROP_IP6_BAD_HEADER;
  if (IP6_HEADER_BYTES + header.payloadLength != packet.pktLen) return Edge.DROP_IP6_BAD_LENGTH;
  packet.flags = (packet.flags & ~PACKET_LINK_MULTICAST) | PACKET_LOCAL;
  packet.etherType = TYPE_IP6_RAW;
  return isLinkLocal6(header.destinationLow)
    ? sendToLink(packet, header)
    : NODE_BIT | route6(packet, header.destination);
}

/** The interface's own next hop stands for all stations on its link: the neighbour is found out by the control thread. */
function sendToLink(packet: Packet, header: Ip6Header): u32 {
  if (isOwnLinkLocal(packet.output, header.destinationLow, header.destinationHigh)) {
    packet.iface = packet.output;
    return Edge.IP6_LOCAL;
  }
  const nextHop = interfaceRestAt(packet.output).linkNextHop;
  if (!nextHop) return Edge.DROP_IP6_NO_LINK;
  packet.nextHop = nextHop;
  return NODE_BIT | nextHopAt(nextHop).node6;
}
