import { Packet } from '../../../engine/datapath/packet';
import { MPLS_TUNNELS, MPLS_UNDERLAYS } from '../../../engine/datapath/regions';
import { Ip6Header } from '../../../net/datapath/ip6-header';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { pushIp4, pushIp6, sendOuter4, sendOuter6 } from '../../tunnel/datapath/outer';
import { MAX_MPLS_TUNNELS } from '../layout';
import { countPacket } from './mpls-tunnel-stats';

/**
 * A tunnel that carries labels: 64 bytes, one cache line. The control thread writes it before a next hop leads to it,
 * and never after.
 *
 *   0 family vrf port · │ 8 spare │ 16 local address │ 32 remote address │ 48 spare
 */
@unmanaged
export class MplsTunnel {
  /** 4 or 6; zero while it has no address of ours to speak from. */
  family: u16;
  /** VRF of the underlay. */
  vrf: u16;
  /** UDP port of the far end, as it lies on the wire. */
  portRaw: u16;
  spare: u16;
  spare2: u64;
  /** Addresses as they lie; an IPv4 address is the first 4 bytes. */
  localLow: u64;
  localHigh: u64;
  remoteLow: u64;
  remoteHigh: u64;
}

/** Record of the tunnel that a packet's next hop stands for; the empty one where it is none. @inline */
export function mplsTunnelOf(packet: Packet): MplsTunnel {
  const record = nextHopAt(packet.nextHop).record;
  return mplsTunnelAt(record < MAX_MPLS_TUNNELS ? record : 0);
}

/** @inline */
export function mplsTunnelAt(record: u32): MplsTunnel {
  return changetype<MplsTunnel>(MPLS_TUNNELS + ((<usize>record) << 6));
}

/** Puts the tunnel's IP header in front, of what `noteInner` has noted; false without room. */
export function pushTunnelIp(packet: Packet, tunnel: MplsTunnel, protocol: u32): bool {
  const tos = packet.note2;
  if (tunnel.family == 4)
    return pushIp4(packet, protocol, <u32>tunnel.localLow, <u32>tunnel.remoteLow, tos, 0);
  const local = changetype<usize>(tunnel) + offsetof<MplsTunnel>('localLow');
  const remote = changetype<usize>(tunnel) + offsetof<MplsTunnel>('remoteLow');
  if (!pushIp6(packet, protocol, local, remote, tos)) return false;
  // Routers that look no further than the IPv6 header spread flows by its label (RFC 6438 3).
  changetype<Ip6Header>(packet.data).versionClassFlowRaw |= bswap<u32>(packet.note & 0xfffff);
  return true;
}

/** Counts a packet with its outer headers, and sends it on its way in the underlay; returns what the stage returns. */
export function sendTunnelled(packet: Packet, tunnel: MplsTunnel): u32 {
  countTunnelled(packet, tunnel);
  return tunnel.family == 4 ? sendOuter4(packet, tunnel.vrf) : sendOuter6(packet, tunnel.vrf);
}

/** Where the address of an IPv4 tunnel's far end lies. @inline */
export function remote4(tunnel: MplsTunnel): usize {
  return changetype<usize>(tunnel) + offsetof<MplsTunnel>('remoteLow');
}

/** Counts a packet with its outer headers. @inline */
export function countTunnelled(packet: Packet, tunnel: MplsTunnel): void {
  countPacket(numberOf(tunnel), packet.pktLen);
}

/** @inline */
function numberOf(tunnel: MplsTunnel): usize {
  return (changetype<usize>(tunnel) - MPLS_TUNNELS) >> 6;
}

/** Tells whether labels that come in a VRF are taken: those that only customers speak in carry none. @inline */
export function isUnderlay(vrf: u32): bool {
  return load<u8>(MPLS_UNDERLAYS + (vrf & 0xff)) != 0;
}
