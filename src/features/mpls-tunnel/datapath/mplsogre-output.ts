import { Packet } from '../../../engine/datapath/packet';
import { TYPE_MPLS_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_GRE } from '../../../net/datapath/ip-protocols';
import { IP4_HEADER_BYTES } from '../../../net/datapath/ip4-header';
import { deepen } from '../../tunnel/datapath/outer';
import { GRE_BASE_RAW, GRE_HEADER_BYTES } from './gre-header';
import { noteInner } from './labelled';
import { mplsTunnelOf, pushTunnelIp, sendTunnelled } from './mpls-tunnel';
import { plainNextHop, wrapPlainly } from './plain-way';

export enum Edge {
  ETHER_OUTPUT,
  DROP_MPLS_TUNNEL_UNLABELLED,
  DROP_MPLS_TUNNEL_DOWN,
  DROP_MPLS_TUNNEL_LOOP,
  DROP_MPLS_TUNNEL_NO_ROOM,
}

/**
 * Puts GRE's base header and IP round a labelled packet (RFC 4023 4). The common case comes last.
 *
 * @table next-hop-input
 */
export function mplsogreOutput(packet: Packet): u32 {
  const tunnel = mplsTunnelOf(packet);
  const nextHop = plainNextHop(packet, tunnel, GRE_HEADER_BYTES);
  if (!nextHop) return sendCarefully(packet);
  wrapPlainly(packet, tunnel, PROTOCOL_GRE, GRE_HEADER_BYTES, nextHop);
  store<u32>(packet.data, GRE_BASE_RAW, IP4_HEADER_BYTES);
  return Edge.ETHER_OUTPUT;
}

/** Takes a packet that is not the common case. */
function sendCarefully(packet: Packet): u32 {
  if (packet.etherType != TYPE_MPLS_RAW) return Edge.DROP_MPLS_TUNNEL_UNLABELLED;
  const tunnel = mplsTunnelOf(packet);
  if (!tunnel.family) return Edge.DROP_MPLS_TUNNEL_DOWN;
  if (!deepen(packet)) return Edge.DROP_MPLS_TUNNEL_LOOP;
  noteInner(packet);
  if (!packet.prepend(GRE_HEADER_BYTES)) return Edge.DROP_MPLS_TUNNEL_NO_ROOM;
  store<u32>(packet.data, GRE_BASE_RAW);
  if (!pushTunnelIp(packet, tunnel, PROTOCOL_GRE)) return Edge.DROP_MPLS_TUNNEL_NO_ROOM;
  return sendTunnelled(packet, tunnel);
}
