import { Packet } from '../../../engine/datapath/packet';
import { ETHER_HEADER_BYTES } from '../../../net/datapath/ether-header';
import { PROTOCOL_IP4, PROTOCOL_IP6 } from '../../../net/datapath/ip-protocols';
import { IP4_DONT_FRAGMENT_RAW, Ip4Header } from '../../../net/datapath/ip4-header';
import { Ip6Header } from '../../../net/datapath/ip6-header';
import { leaveInterface } from '../../interface/datapath/enter';
import { finishFrame, frameHash, frameIp, tosOf } from '../../tunnel/datapath/inner-frame';
import { deepen, pushIp4, pushIp6, sendOuter4, sendOuter6 } from '../../tunnel/datapath/outer';
import { IPIP_IP6, IPIP_READY, Ipip, ipipAt } from './ipip';

export enum Edge {
  /** The frame holds no IP packet: nothing else goes into such a tunnel. */
  DROP_IPIP_NOT_IP,
  DROP_IPIP_DOWN,
  /** The interface's local address is none of ours any more. */
  DROP_IPIP_NO_LOCAL,
  /** The packet has been put into as many tunnels as one may be: one of them leads into itself. */
  DROP_IPIP_TOO_DEEP,
  /** The packet has no room for the outer header, or is too long with it. */
  DROP_IPIP_NO_ROOM,
}

/**
 * Puts an IP header round the IP packet in a frame, and sends it on its way in the underlay. The outer header has the
 * inner one's class of traffic and what it says of congestion (RFC 6040 4.1); over IPv6 the hash of its flow, for routers
 * that look no further (RFC 6438 3); over IPv4 its wish not to be cut (RFC 2003 3.1).
 *
 * @frame
 * @table next-hop-input
 */
export function ipipOutput(packet: Packet): u32 {
  const id = packet.output;
  const ipip = ipipAt(id);
  if (!(ipip.flags & IPIP_READY)) return Edge.DROP_IPIP_NO_LOCAL;
  const at = frameIp(packet);
  if (at != ETHER_HEADER_BYTES) return Edge.DROP_IPIP_NOT_IP;
  if (!leaveInterface(packet, id)) return Edge.DROP_IPIP_DOWN;
  if (!deepen(packet)) return Edge.DROP_IPIP_TOO_DEEP;
  finishFrame(packet);
  const hash = ipip.flags & IPIP_IP6 ? frameHash(packet, at) : 0;
  packet.strip(ETHER_HEADER_BYTES);
  return ipip.flags & IPIP_IP6 ? send6(packet, ipip, hash) : send4(packet, ipip);
}

function send4(packet: Packet, ipip: Ipip): u32 {
  const inner = packet.data;
  const is4 = load<u8>(inner) >> 4 == 4;
  const fragment = is4 ? changetype<Ip4Header>(inner).fragmentRaw & IP4_DONT_FRAGMENT_RAW : 0;
  const protocol = is4 ? PROTOCOL_IP4 : PROTOCOL_IP6;
  const pushed = pushIp4(
    packet,
    protocol,
    <u32>ipip.localLow,
    <u32>ipip.remoteLow,
    tosOf(inner),
    <u16>fragment,
  );
  return pushed ? sendOuter4(packet, ipip.vrf) : Edge.DROP_IPIP_NO_ROOM;
}

function send6(packet: Packet, ipip: Ipip, hash: u32): u32 {
  const inner = packet.data;
  const protocol = load<u8>(inner) >> 4 == 4 ? PROTOCOL_IP4 : PROTOCOL_IP6;
  const local = changetype<usize>(ipip) + offsetof<Ipip>('localLow');
  const remote = changetype<usize>(ipip) + offsetof<Ipip>('remoteLow');
  if (!pushIp6(packet, protocol, local, remote, tosOf(inner))) return Edge.DROP_IPIP_NO_ROOM;
  changetype<Ip6Header>(packet.data).versionClassFlowRaw |= bswap<u32>(hash & 0xfffff);
  return sendOuter6(packet, ipip.vrf);
}
