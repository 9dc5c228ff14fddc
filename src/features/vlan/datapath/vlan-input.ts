import { Packet, RX_VLAN, RX_VLAN_STRIPPED } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { ETHER_HEADER_BYTES, isTagType, VLAN_TAG_BYTES, vlanIdOf } from '../../../net/datapath/ether-header';
import { enterInterface } from '../../interface/datapath/enter';
import { interfaceAt } from '../../interface/datapath/interface';
import { nodeAfterInput } from '../../interface/datapath/interface-rest';
import { VLAN_ID_MASK, VLAN_INPUT_PLACE } from '../layout';
import { memberOf, removeTag } from './vlan';

export enum Edge {
  DROP_INTERFACE_DOWN,
  /** The frame ends within its VLAN tag. */
  DROP_VLAN_TRUNCATED,
  /** No interface here has the frame's VLAN, and the one it came in by is routed. */
  DROP_VLAN_UNKNOWN,
}

/**
 * Looks at what an interface with sub-interfaces receives: a frame of one of their VLANs goes on without its tag as that
 * one's; what has no tag, or one that says a priority and no VLAN, goes on as the interface's own.
 *
 * @frame
 * @table interface-input
 */
export function vlanInput(packet: Packet): u32 {
  if (packet.olFlags & RX_VLAN_STRIPPED) return takeStripped(packet);
  if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return goOn(packet);
  if (!isTagType(load<u16>(packet.data, 12))) return goOn(packet);
  if (packet.dataLen < <u16>(ETHER_HEADER_BYTES + VLAN_TAG_BYTES)) return Edge.DROP_VLAN_TRUNCATED;
  const vlanId = vlanIdOf(load<u16>(packet.data, 14));
  if (!vlanId) return goOn(packet);
  const id = memberOf(packet.iface, vlanId);
  if (!id) return leave(packet);
  removeTag(packet);
  return enter(packet, id);
}

/** The port has taken the tag out and says in the mbuf what it was: what goes on without it would be in another VLAN. */
function takeStripped(packet: Packet): u32 {
  const vlanId: u32 = packet.vlanTci & VLAN_ID_MASK;
  packet.olFlags &= ~(RX_VLAN | RX_VLAN_STRIPPED);
  if (!vlanId) return goOn(packet);
  const id = memberOf(packet.iface, vlanId);
  return id ? enter(packet, id) : Edge.DROP_VLAN_UNKNOWN;
}

/** What is bridged or cross-connected takes other VLANs along, with their tags. */
function leave(packet: Packet): u32 {
  return interfaceAt(packet.iface).domain ? goOn(packet) : Edge.DROP_VLAN_UNKNOWN;
}

function enter(packet: Packet, id: u32): u32 {
  const node = enterInterface(packet, id);
  return node ? NODE_BIT | node : Edge.DROP_INTERFACE_DOWN;
}

/** To who looks next at what the interface has received. */
function goOn(packet: Packet): u32 {
  return NODE_BIT | nodeAfterInput(packet.iface, VLAN_INPUT_PLACE);
}
