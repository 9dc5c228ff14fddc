import { Packet } from '../../../engine/datapath/packet';
import { TYPE_IP4_RAW } from '../../../net/datapath/ether-header';
import { IP4_HEADER_BYTES } from '../../../net/datapath/ip4-header';
import {
  canDeepen,
  deepenPlainly,
  goInUnderlay,
  goToNeighbor,
  neighborTo4,
  putIp4,
} from '../../tunnel/datapath/outer';
import { isPlainLabelled, plainClass } from './labelled';
import { countTunnelled, MplsTunnel, remote4 } from './mpls-tunnel';

// The common case of both kinds of tunnels: a plain packet, over IPv4, to a far end that a known neighbour leads to.

/** The neighbour for such a packet, in front of which the tunnel puts `ownBytes` and an IPv4 header; zero for another one. @inline */
export function plainNextHop(packet: Packet, tunnel: MplsTunnel, ownBytes: u32): u32 {
  if (tunnel.family != 4 || !isPlainLabelled(packet) || !canDeepen(packet)) return 0;
  return neighborTo4(tunnel.vrf, remote4(tunnel), packet.pktLen + ownBytes + IP4_HEADER_BYTES);
}

/** Puts the IPv4 header and room for `ownBytes` behind it in front of such a packet, and says where it goes. @inline */
export function wrapPlainly(
  packet: Packet,
  tunnel: MplsTunnel,
  protocol: u32,
  ownBytes: u32,
  nextHop: u32,
): void {
  const tos = plainClass(packet);
  deepenPlainly(packet);
  packet.prepend(ownBytes + IP4_HEADER_BYTES);
  putIp4(packet, protocol, <u32>tunnel.localLow, <u32>tunnel.remoteLow, tos, 0);
  countTunnelled(packet, tunnel);
  goInUnderlay(packet, tunnel.vrf, TYPE_IP4_RAW);
  goToNeighbor(packet, nextHop);
}
