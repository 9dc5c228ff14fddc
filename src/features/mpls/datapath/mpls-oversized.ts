import { NODE_MPLS_OUTPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { ICMP4_UNREACHABLE, ICMP6_TOO_BIG, UNREACHABLE4_TOO_BIG } from '../../../net/datapath/icmp-header';
import { IP4_DONT_FRAGMENT_RAW, Ip4Header } from '../../../net/datapath/ip4-header';
import { IP6_LEAST_MTU } from '../../../net/datapath/ip6-header';
import { noteError } from '../../ip/datapath/icmp-errors';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { stackBytes, versionBehind } from './behind-labels';
import { tellSender } from './label-error';

export enum Edge {
  /** With its labels the packet is larger than the next hop allows. */
  DROP_MPLS_TOO_BIG,
  DROP_MPLS_ERROR_LIMIT,
}

/**
 * Takes a packet with labels that is larger than its next hop allows. The sender of an IP packet behind them that must
 * not be cut is told how large it may be, by the labels it would have left with (RFC 3032 3.5). What else goes into a
 * tunnel goes on whole: its outer packet is cut, as it is for IPv6 that every link must take (RFC 2473 7.1). On a link it
 * is dropped.
 *
 * @table next-hop-output
 */
export function mplsOversized(packet: Packet): u32 {
  const nextHop = nextHopAt(packet.nextHop);
  const stack = stackBytes(packet);
  const version = versionBehind(packet, stack);
  const tunnel: u32 = nextHop.outputNode;
  if (version && !mayBeCut(packet, stack, version, tunnel)) {
    const left = <u32>nextHop.mtu > stack ? nextHop.mtu - stack : 0;
    return refuse(packet, stack, version, tunnel && version == 6 ? max(left, IP6_LEAST_MTU) : left);
  }
  return tunnel ? NODE_BIT | tunnel : Edge.DROP_MPLS_TOO_BIG;
}

function mayBeCut(packet: Packet, stack: u32, version: u32, tunnel: u32): bool {
  if (version == 6) return tunnel && packet.pktLen - stack <= IP6_LEAST_MTU;
  return !(changetype<Ip4Header>(packet.data + stack).fragmentRaw & IP4_DONT_FRAGMENT_RAW);
}

function refuse(packet: Packet, stack: u32, version: u32, left: u32): u32 {
  if (version == 4) noteError(packet, ICMP4_UNREACHABLE, UNREACHABLE4_TOO_BIG, left);
  else noteError(packet, ICMP6_TOO_BIG, 0, left);
  const told = tellSender(packet, stack, version, NODE_MPLS_OUTPUT);
  return told ? Edge.DROP_MPLS_TOO_BIG : Edge.DROP_MPLS_ERROR_LIMIT;
}
