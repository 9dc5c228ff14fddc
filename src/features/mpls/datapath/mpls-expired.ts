import { NODE_MPLS_INPUT } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { ICMP4_TIME_EXCEEDED, ICMP6_TIME_EXCEEDED } from '../../../net/datapath/icmp-header';
import { noteError } from '../../ip/datapath/icmp-errors';
import { stackBytes, versionBehind } from './behind-labels';
import { tellSender } from './label-error';

export enum Edge {
  DROP_MPLS_TTL_EXCEEDED,
  /** An ICMP error about a packet with labels was due, and this worker has sent as many errors as it may in this second. */
  DROP_MPLS_ERROR_LIMIT,
}

/**
 * Drops a packet whose label lives no longer, and tells the sender of the IP packet behind it, by the labels that the
 * packet came with (RFC 3032 2.3.2).
 */
export function mplsExpired(packet: Packet): u32 {
  const stack = stackBytes(packet);
  const version = versionBehind(packet, stack);
  if (!version) return Edge.DROP_MPLS_TTL_EXCEEDED;
  packet.nextHop = 0; // no way out has been chosen
  noteError(packet, version == 4 ? ICMP4_TIME_EXCEEDED : ICMP6_TIME_EXCEEDED, 0, 0);
  const told = tellSender(packet, stack, version, NODE_MPLS_INPUT);
  return told ? Edge.DROP_MPLS_TTL_EXCEEDED : Edge.DROP_MPLS_ERROR_LIMIT;
}
