import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { VLAN_TAG_BYTES } from '../../../net/datapath/ether-header';
import { leaveInterface } from '../../interface/datapath/enter';
import { interfaceAt } from '../../interface/datapath/interface';
import { insertTag } from './vlan';

export enum Edge {
  DROP_OUTPUT_DOWN,
  DROP_FRAME_NO_OUTPUT,
  /** There is no room left in front of the frame for a VLAN tag. */
  DROP_VLAN_NO_ROOM,
}

/**
 * Puts the tag of the sub-interface that a frame leaves by into it, and sends it by the interface that is part of.
 *
 * @frame
 * @table interface-output
 */
export function vlanOutput(packet: Packet): u32 {
  const vlan = interfaceAt(packet.output);
  const node = interfaceAt(vlan.parent).outputNode;
  if (!node) return Edge.DROP_FRAME_NO_OUTPUT;
  if (packet.dataOff < <u16>VLAN_TAG_BYTES) return Edge.DROP_VLAN_NO_ROOM;
  if (!leaveInterface(packet, packet.output)) return Edge.DROP_OUTPUT_DOWN;
  insertTag(packet, vlan.tag);
  packet.output = vlan.parent;
  packet.note = 0; // to all far ends, where the parent has several
  return NODE_BIT | node;
}
