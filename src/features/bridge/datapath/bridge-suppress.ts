import { Packet } from '../../../engine/datapath/packet';

export enum Edge {
  BRIDGE_FORWARD,
}

/**
 * Answers ARP and ND for neighbours that a bridge knows.
 *
 * @frame
 */
export function bridgeSuppress(_packet: Packet): u32 {
  return Edge.BRIDGE_FORWARD;
}
