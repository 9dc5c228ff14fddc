import { Packet } from '../../../engine/datapath/packet';
import { isUnderlay } from './mpls-tunnel';
import { labelsNode, takeLabelled } from './take-labelled';

export enum Edge {
  /** Labels came in a VRF without tunnels, which is not the default one: whoever speaks there may not choose other VRFs by them. */
  DROP_MPLS_TUNNEL_FOREIGN_VRF,
  /** Nobody here takes labels. */
  DROP_MPLS_TUNNEL_NO_LABELS,
}

/**
 * Takes the UDP and IP headers off a labelled packet (RFC 7510 3), and gives it to whoever takes labels, in the VRF that
 * it came in.
 *
 * @table labels-input
 */
export function mplsoudpInput(packet: Packet): u32 {
  if (!isUnderlay(packet.vrf)) return Edge.DROP_MPLS_TUNNEL_FOREIGN_VRF;
  if (!labelsNode()) return Edge.DROP_MPLS_TUNNEL_NO_LABELS;
  return takeLabelled(packet, packet.note);
}
