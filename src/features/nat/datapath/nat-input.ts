import { isForeseen } from '../../../engine/datapath/foreseen';
import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { behindPriority } from '../../../net/datapath/ether-header';
import { nodeAfterInput } from '../../interface/datapath/interface-rest';
import { NAT_INPUT_PLACE } from '../layout';
import { comeIn } from './come-in';
import { flowOn, SIDE_OUTSIDE } from './flow';
import { translateAtOnce } from './known-end';
import { readFrame } from './read-flow';
import { NAT_CUT } from './verdict';

export enum Edge {
  /** The packet ends within its transport header, or a fragment does, or the header is not in one piece. */
  DROP_NAT_TRUNCATED,
}

/**
 * Gives what comes in by an interface with NAT the address of the station inside that it is for (RFC 3022): by a rule of
 * dnat44, or by the session that it belongs to. The common case comes last: a plain packet for whom that is known at once.
 *
 * @frame
 * @table interface-input
 */
export function natInput(packet: Packet): u32 {
  if (!translateAtOnce(packet, packet.iface, SIDE_OUTSIDE, isForeseen())) return translateCarefully(packet);
  return NODE_BIT | nodeAfterInput(packet.iface, NAT_INPUT_PLACE);
}

function translateCarefully(packet: Packet): u32 {
  const flow = flowOn(packet.iface, SIDE_OUTSIDE, packet.olFlags);
  readFrame(flow, packet.data, behindPriority(packet.data, packet.dataLen), packet.dataLen);
  if (comeIn(flow) == NAT_CUT) return Edge.DROP_NAT_TRUNCATED;
  return NODE_BIT | nodeAfterInput(packet.iface, NAT_INPUT_PLACE);
}
