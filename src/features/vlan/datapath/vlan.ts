import { Packet } from '../../../engine/datapath/packet';
import { VLAN_MEMBERS, VLAN_PARENTS } from '../../../engine/datapath/regions';
import { TYPE_QINQ_RAW, TYPE_VLAN_RAW, VLAN_TAG_BYTES } from '../../../net/datapath/ether-header';
import { SERVICE_TAG, VLAN_ID_MASK } from '../layout';

/** The sub-interface of a VLAN on an interface, zero for none. @inline */
export function memberOf(parent: u32, vlanId: u32): u32 {
  const block: u32 = load<u16>(VLAN_PARENTS + ((<usize>parent) << 1));
  return load<u16>(memberAt(block, vlanId));
}

/** Where a block has the sub-interface of a VLAN. @inline */
export function memberAt(block: u32, vlanId: u32): usize {
  return VLAN_MEMBERS + (block << 13) + (vlanId << 1);
}

/** Takes the tag of a frame out, whose first segment has it. */
export function removeTag(packet: Packet): void {
  const frame = packet.data;
  const start = load<u64>(frame);
  const end = load<u32>(frame, 8);
  packet.strip(VLAN_TAG_BYTES);
  store<u64>(packet.data, start);
  store<u32>(packet.data, end, 8);
}

/** Puts an interface's tag into a frame; the caller has checked that there is room in front. */
export function insertTag(packet: Packet, tag: u32): void {
  const frame = packet.data;
  const start = load<u64>(frame);
  const end = load<u32>(frame, 8);
  packet.prepend(VLAN_TAG_BYTES);
  const tagged = packet.data;
  store<u64>(tagged, start);
  store<u32>(tagged, end, 8);
  store<u16>(tagged, tag & SERVICE_TAG ? TYPE_QINQ_RAW : TYPE_VLAN_RAW, 12);
  store<u16>(tagged, bswap<u16>(<u16>(tag & VLAN_ID_MASK)), 14);
}
