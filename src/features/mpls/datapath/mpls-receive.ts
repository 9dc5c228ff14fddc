import { Packet } from '../../../engine/datapath/packet';
import { takesLabels } from './label-table';

export enum Edge {
  MPLS_INPUT,
  /** Nobody has said that packets with labels are taken from the interface (`mpls enable IFACE`). */
  DROP_MPLS_NOT_ENABLED,
}

/**
 * Takes packets with labels from the interfaces that may send some: whoever can choose labels can choose VRFs and next
 * hops (RFC 4364 13.1).
 */
export function mplsReceive(packet: Packet): u32 {
  if (!takesLabels(packet.iface)) return Edge.DROP_MPLS_NOT_ENABLED;
  return Edge.MPLS_INPUT;
}
