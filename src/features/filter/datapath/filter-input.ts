import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { nodeAfterInput } from '../../interface/datapath/interface-rest';
import { FILTER_INPUT_PLACE } from '../layout';
import { BEYOND_RATE, DENIED, judge, listIn, PASSES } from './judge';

export enum Edge {
  /** A rule of the interface's list denies the packet, or none permits it. */
  DROP_FILTER_DENIED,
  /** The packet's headers are cut off or nested too deep for rules to see them, or a fragment could change them. */
  DROP_FILTER_UNREADABLE,
  /** The rule that permits the packet has a rate limit, and the packet is beyond it. */
  DROP_POLICED,
}

/**
 * Lets through what the list of an interface permits of all that it receives.
 *
 * @frame
 * @table interface-input
 */
export function filterInput(packet: Packet): u32 {
  const verdict = judge(packet, listIn(packet.iface));
  if (verdict == PASSES) return NODE_BIT | nodeAfterInput(packet.iface, FILTER_INPUT_PLACE);
  if (verdict == BEYOND_RATE) return Edge.DROP_POLICED;
  return verdict == DENIED ? Edge.DROP_FILTER_DENIED : Edge.DROP_FILTER_UNREADABLE;
}
