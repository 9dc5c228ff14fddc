import { Packet } from '../../../engine/datapath/packet';

export enum Edge {
  IP6_LOCAL,
  /** To a group of a scope that never leaves its station (RFC 4291 2.7). */
  DROP_IP6_MARTIAN_DESTINATION,
  /** To a group beyond the link: multicast is not routed here. */
  DROP_IP6_MULTICAST_NOT_ROUTED,
}

/** Where in the header the group's flags and scope are. */
const SCOPE_OFFSET: usize = 25;
const SCOPE_LINK: u32 = 2;

/** Listens to what is said to the groups of the link, ff02::/16 (RFC 4291 2.7). */
export function ip6Multicast(packet: Packet): u32 {
  const scope: u32 = load<u8>(packet.data + SCOPE_OFFSET) & 15;
  packet.nextHop = 0;
  if (scope == SCOPE_LINK) return Edge.IP6_LOCAL;
  return scope < SCOPE_LINK ? Edge.DROP_IP6_MARTIAN_DESTINATION : Edge.DROP_IP6_MULTICAST_NOT_ROUTED;
}
