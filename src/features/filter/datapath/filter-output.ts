import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { nodeAfterOutput } from '../../interface/datapath/interface-rest';
import { FILTER_OUTPUT_PLACE } from '../layout';
import { BEYOND_RATE, DENIED, judge, listOut, PASSES } from './judge';

export enum Edge {
  DROP_FILTER_DENIED,
  DROP_FILTER_UNREADABLE,
  DROP_POLICED,
}

/**
 * Lets through what the list of an interface permits of all that it sends.
 *
 * @frame
 * @table interface-output
 */
export function filterOutput(packet: Packet): u32 {
  const verdict = judge(packet, listOut(packet.output));
  if (verdict == PASSES) return NODE_BIT | nodeAfterOutput(packet.output, FILTER_OUTPUT_PLACE);
  if (verdict == BEYOND_RATE) return Edge.DROP_POLICED;
  return verdict == DENIED ? Edge.DROP_FILTER_DENIED : Edge.DROP_FILTER_UNREADABLE;
}
