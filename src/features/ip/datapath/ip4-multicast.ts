import { Packet } from '../../../engine/datapath/packet';
import { Ip4Header, isMulticast4 } from '../../../net/datapath/ip4-header';

export enum Edge {
  IP4_LOCAL,
  /** To a group beyond the link: multicast is not routed here. */
  DROP_IP4_MULTICAST_NOT_ROUTED,
}

/**
 * Listens to what is said to everyone on the link: 255.255.255.255, the groups of 224.0.0.0/24 (RFC 5771 4), and
 * the broadcast addresses of connected subnets, whose routes lead here (never forwarded: RFC 2644).
 */
export function ip4Multicast(packet: Packet): u32 {
  const destination = changetype<Ip4Header>(packet.data).destination;
  if (!isMulticast4(destination)) return Edge.IP4_LOCAL;
  if (destination != 0xffffffff && destination >> 8 != 0xe00000) return Edge.DROP_IP4_MULTICAST_NOT_ROUTED;
  packet.nextHop = 0;
  return Edge.IP4_LOCAL;
}
