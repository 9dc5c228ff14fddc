import { freshCopy } from '../../../engine/datapath/chain';
import { send } from '../../../engine/datapath/graph';
import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { GROUP_BIT } from '../../../net/datapath/ether-header';
import { enterInterface } from '../../interface/datapath/enter';
import { INTERFACE_FAR_ENDS, INTERFACE_UP, interfaceAt } from '../../interface/datapath/interface';
import { countTxError } from '../../interface/datapath/interface-errors';
import { L4_CKSUM_STATE } from '../../port/datapath/l4-checksum';
import { bridgeAt } from './bridge';
import { destinationOf, fits } from './bridge-frame';

export enum Edge {
  /** There is no other member that could take the frame. */
  DROP_BRIDGE_NOBODY,
  /** The bridge has gone down meanwhile. */
  DROP_BRIDGE_GONE,
}

/**
 * Sends a frame by all members but the one it came in by, and by no tunnel where it came out of one: all far ends have got
 * it already. What is for a group goes to the bridge itself, too. The last one gets the frame, the others copies.
 *
 * @frame
 * @table interface-input
 * @table interface-output
 */
export function bridgeFlood(packet: Packet): u32 {
  const members = <usize>bridgeAt(packet.note2).members;
  const count = members ? load<u32>(members) : 0;
  const fromTunnel = (interfaceAt(packet.iface).flags & INTERFACE_FAR_ENDS) != 0;
  packet.note = 0;
  let last: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const member = <u32>load<u16>(members + 4 + (i << 1));
    if (!takes(packet, member, fromTunnel)) continue;
    if (last) sendCopy(packet, last);
    last = member;
  }
  if (packet.iface == packet.note2 || !(destinationOf(packet) & GROUP_BIT)) return sendBy(packet, last);
  if (last) sendCopy(packet, last);
  const node = enterInterface(packet, packet.note2);
  return node ? NODE_BIT | node : Edge.DROP_BRIDGE_GONE;
}

/** Tells whether a member is to get a frame; one whose MTU is too small for it counts it as an error. */
function takes(packet: Packet, member: u32, fromTunnel: bool): bool {
  if (member == packet.iface) return false;
  const iface = interfaceAt(member);
  if (!(iface.flags & INTERFACE_UP) || (fromTunnel && iface.flags & INTERFACE_FAR_ENDS)) return false;
  if (fits(packet, iface)) return true;
  countTxError(member);
  return false;
}

function sendBy(packet: Packet, member: u32): u32 {
  if (!member) return Edge.DROP_BRIDGE_NOBODY;
  packet.output = <u16>member;
  return NODE_BIT | interfaceAt(member).outputNode;
}

/** Sends a copy by a member, which counts an error where no buffer is left for it. */
function sendCopy(packet: Packet, member: u32): void {
  const copy = freshCopy(packet, 0, 0, packet.pktLen);
  if (copy === null) {
    countTxError(member);
    return;
  }
  copy.olFlags |= packet.olFlags & L4_CKSUM_STATE;
  copy.output = <u16>member;
  copy.note = 0;
  send(interfaceAt(member).outputNode, copy);
}
