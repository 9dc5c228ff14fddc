import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { nodeAfterInput } from '../../interface/datapath/interface-rest';
import { POLICE_INPUT_PLACE } from '../layout';
import { police, policerIn } from './police';

export enum Edge {
  /** Beyond what a rate limit lets pass. */
  DROP_POLICED,
}

/**
 * Holds what an interface receives to its rate limit.
 *
 * @frame
 * @table interface-input
 */
export function policeInput(packet: Packet): u32 {
  if (!police(packet, policerIn(packet.iface))) return Edge.DROP_POLICED;
  return NODE_BIT | nodeAfterInput(packet.iface, POLICE_INPUT_PLACE);
}
