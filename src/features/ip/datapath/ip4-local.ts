import { PACKET_LINK_MULTICAST, Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { ICMP4_UNREACHABLE, UNREACHABLE4_PROTOCOL } from '../../../net/datapath/icmp-header';
import { PROTOCOL_FRAGMENT } from '../../../net/datapath/ip-protocols';
import { IP4_FRAGMENT_RAW, IP4_PLAIN, Ip4Header } from '../../../net/datapath/ip4-header';
import { isSourceRouted } from '../../../net/datapath/ip4-options';
import { isOwnNextHop } from '../../neighbor/datapath/next-hop-details';
import { noteError } from './icmp-errors';
import { protocolNode4 } from './protocols';

export enum Edge {
  IP4_ERROR,
  /** A packet to one station came in a frame to many (RFC 1122 3.3.6). */
  DROP_IP4_LINK_MULTICAST,
  /** Its sender wants to choose the way (RFC 7126 4.3 and 4.4). */
  DROP_IP4_SOURCE_ROUTE,
  /** A fragment for us, and no host to put it together with the others. */
  DROP_IP4_LOCAL_FRAGMENT,
}

/**
 * Gives a packet for us, still with its IPv4 header, to whoever takes its protocol: to the host where nobody does.
 *
 * @table ip-protocols
 */
export function ip4Local(packet: Packet): u32 {
  const header = changetype<Ip4Header>(packet.data);
  if (packet.flags & PACKET_LINK_MULTICAST && isOwnNextHop(packet.nextHop))
    return Edge.DROP_IP4_LINK_MULTICAST;
  if (header.versionIhl != IP4_PLAIN && isSourceRouted(header)) return Edge.DROP_IP4_SOURCE_ROUTE;
  if (header.fragmentRaw & IP4_FRAGMENT_RAW) {
    const node = protocolNode4(PROTOCOL_FRAGMENT);
    return node ? NODE_BIT | node : Edge.DROP_IP4_LOCAL_FRAGMENT;
  }
  const node = protocolNode4(header.protocol);
  if (!node) {
    noteError(packet, ICMP4_UNREACHABLE, UNREACHABLE4_PROTOCOL, 0);
    return Edge.IP4_ERROR;
  }
  return NODE_BIT | node;
}
