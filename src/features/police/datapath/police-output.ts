import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { nodeAfterOutput } from '../../interface/datapath/interface-rest';
import { POLICE_OUTPUT_PLACE } from '../layout';
import { police, policerOut } from './police';

export enum Edge {
  DROP_POLICED,
}

/**
 * Holds what an interface sends to its rate limit.
 *
 * @frame
 * @table interface-output
 */
export function policeOutput(packet: Packet): u32 {
  if (!police(packet, policerOut(packet.output))) return Edge.DROP_POLICED;
  return NODE_BIT | nodeAfterOutput(packet.output, POLICE_OUTPUT_PLACE);
}
