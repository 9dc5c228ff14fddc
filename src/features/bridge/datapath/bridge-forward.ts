import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { GROUP_BIT } from '../../../net/datapath/ether-header';
import { interfaceAt } from '../../interface/datapath/interface';
import { BRIDGE_FLOOD } from '../layout';
import { bridgeAt } from './bridge';
import { destinationOf, fits, vlanTagOf } from './bridge-frame';
import { memberOf, stationKey, whereIs } from './fdb';

export enum Edge {
  BRIDGE_FLOOD,
  /** The station is behind the member that the frame came in by: it has heard it already. */
  DROP_BRIDGE_SAME_MEMBER,
  /** Nobody knows where the station is, and the bridge does not flood. */
  DROP_BRIDGE_UNKNOWN_UNICAST,
  /** The frame is longer than the MTU of the member that it should leave by. */
  DROP_BRIDGE_TOO_BIG,
}

/**
 * Finds the member that a frame has to leave by; `note2` is the bridge, and the packet's interface the member it has come
 * in by, or the bridge itself where it was routed here.
 *
 * @frame
 * @table interface-output
 */
export function bridgeForward(packet: Packet): u32 {
  const destination = destinationOf(packet);
  if (destination & GROUP_BIT) return Edge.BRIDGE_FLOOD;
  const value = whereIs(stationKey(packet.note2, destination), vlanTagOf(packet));
  const member = memberOf(value);
  if (!member) return takeUnknown(packet);
  if (member == packet.iface) return Edge.DROP_BRIDGE_SAME_MEMBER;
  const output = interfaceAt(member);
  if (!fits(packet, output)) return Edge.DROP_BRIDGE_TOO_BIG;
  packet.output = <u16>member;
  packet.note = <u32>value;
  return NODE_BIT | output.outputNode;
}

function takeUnknown(packet: Packet): u32 {
  return bridgeAt(packet.note2).flags & BRIDGE_FLOOD ? Edge.BRIDGE_FLOOD : Edge.DROP_BRIDGE_UNKNOWN_UNICAST;
}
