import { Packet } from '../../../engine/datapath/packet';
import { TYPE_MPLS_RAW } from '../../../net/datapath/ether-header';
import { PROTOCOL_UDP } from '../../../net/datapath/ip-protocols';
import { IP4_HEADER_BYTES } from '../../../net/datapath/ip4-header';
import { deepen, entropyPort, pushUdp, putUdp, UDP_HEADER_BYTES } from '../../tunnel/datapath/outer';
import { noteInner, plainHash } from './labelled';
import { mplsTunnelOf, pushTunnelIp, sendTunnelled } from './mpls-tunnel';
import { plainNextHop, wrapPlainly } from './plain-way';

export enum Edge {
  ETHER_OUTPUT,
  /** The packet has no label: its next hop is only for what labels are put on before. */
  DROP_MPLS_TUNNEL_UNLABELLED,
  /** The tunnel has no address of ours to speak from: no route leads to its far end. */
  DROP_MPLS_TUNNEL_DOWN,
  /** The packet has been put into four tunnels already: one leads into itself. */
  DROP_MPLS_TUNNEL_LOOP,
  /** There is no room for the outer headers, or the whole would be longer than an IP packet can be. */
  DROP_MPLS_TUNNEL_NO_ROOM,
}

/**
 * Puts UDP and IP round a labelled packet (RFC 7510 3), without a checksum, which over IPv6 is allowed for what has its
 * own (RFC 6935, RFC 6936 5). Its flow chooses the source port. The common case comes last.
 *
 * @table next-hop-input
 */
export function mplsoudpOutput(packet: Packet): u32 {
  const tunnel = mplsTunnelOf(packet);
  const nextHop = plainNextHop(packet, tunnel, UDP_HEADER_BYTES);
  if (!nextHop) return sendCarefully(packet);
  const source = entropyPort(plainHash(packet));
  wrapPlainly(packet, tunnel, PROTOCOL_UDP, UDP_HEADER_BYTES, nextHop);
  const udp = packet.data + IP4_HEADER_BYTES;
  putUdp(udp, packet.pktLen - IP4_HEADER_BYTES, source, tunnel.portRaw);
  return Edge.ETHER_OUTPUT;
}

/** Takes a packet that is not the common case. */
function sendCarefully(packet: Packet): u32 {
  if (packet.etherType != TYPE_MPLS_RAW) return Edge.DROP_MPLS_TUNNEL_UNLABELLED;
  const tunnel = mplsTunnelOf(packet);
  if (!tunnel.family) return Edge.DROP_MPLS_TUNNEL_DOWN;
  if (!deepen(packet)) return Edge.DROP_MPLS_TUNNEL_LOOP;
  noteInner(packet);
  if (!pushUdp(packet, entropyPort(packet.note), tunnel.portRaw)) return Edge.DROP_MPLS_TUNNEL_NO_ROOM;
  if (!pushTunnelIp(packet, tunnel, PROTOCOL_UDP)) return Edge.DROP_MPLS_TUNNEL_NO_ROOM;
  return sendTunnelled(packet, tunnel);
}
