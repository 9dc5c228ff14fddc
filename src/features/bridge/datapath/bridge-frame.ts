import { Packet } from '../../../engine/datapath/packet';
import { ETHER_HEADER_BYTES, TYPE_VLAN_RAW } from '../../../net/datapath/ether-header';
import { INTERFACE_FAR_ENDS, Interface, MAC_MASK } from '../../interface/datapath/interface';
import { MEMBER_SHIFT } from './fdb';

// What a bridge reads of a frame: tags stay where they are, and stations are told apart by the outer one.

export const TAGGED_BYTES: u32 = 18;
/** What a frame may be longer than its member's MTU: Ethernet header and a tag. */
const FRAME_OVERHEAD: u32 = 18;

/** @inline */
export function destinationOf(packet: Packet): u64 {
  return load<u64>(packet.data) & MAC_MASK;
}

/** @inline */
export function sourceOf(packet: Packet): u64 {
  return load<u64>(packet.data, 6) & MAC_MASK;
}

/** Where what a frame carries begins; the ethertype lies right before. */
export function payloadAt(packet: Packet): u32 {
  const isTagged = load<u16>(packet.data, 12) == TYPE_VLAN_RAW && packet.dataLen >= <u16>TAGGED_BYTES;
  return isTagged ? TAGGED_BYTES : ETHER_HEADER_BYTES;
}

/** The VLAN of a frame's tag, zero without one; the caller has checked that the Ethernet header is there. @inline */
export function vlanTagOf(packet: Packet): u64 {
  const frame = packet.data;
  if (load<u16>(frame, 12) != TYPE_VLAN_RAW) return 0;
  if (packet.dataLen < <u16>TAGGED_BYTES) return 0;
  return ((<u64>(load<u8>(frame, 14) & 15)) << 8) | load<u8>(frame, 15);
}

/** Where a frame has come from, as a station's place says it: member, and its far end where it has several. @inline */
export function whereFrom(packet: Packet, iface: Interface): u64 {
  const far: u64 = iface.flags & INTERFACE_FAR_ENDS ? packet.note : 0;
  return ((<u64>packet.iface) << MEMBER_SHIFT) | far;
}

/** Tells whether a frame fits a member. @inline */
export function fits(packet: Packet, member: Interface): bool {
  return packet.pktLen <= member.mtu + FRAME_OVERHEAD;
}
