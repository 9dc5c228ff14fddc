import { FAR_ENDS, VXLAN_STATIONS } from '../../../engine/datapath/regions';
import { findSeen, findValue, SLOT_LIVE, Slot, slotAt } from './slot';

// Far ends of tunnels, and the stations that are known to be behind one. A far end's name is that of its place in the
// table: its number and how many others the place has had before, so that a name that outlives its far end names nothing.

/** The name of the far end with an address, from which a packet has come; zero for none. @inline */
export function farEndSeen(low: u64, high: u64): u32 {
  return findSeen(FAR_ENDS, low, high);
}

/** The far end of a name, whose key is its address; null when it is gone. @inline */
export function farEndAt(name: u32): Slot | null {
  const slot = slotAt(FAR_ENDS, name);
  return slot.word == ((name & 0xffff0000) | SLOT_LIVE) ? slot : null;
}

/** The far end that a station of an interface is behind; zero for none that is known. @inline */
export function farEndOf(iface: u32, mac: u64): u32 {
  return findValue(VXLAN_STATIONS, stationKey(iface, mac), 0);
}

/** The same of a station that has just sent something. @inline */
export function farEndOfSender(iface: u32, mac: u64): u32 {
  return findSeen(VXLAN_STATIONS, stationKey(iface, mac), 0);
}

/** @inline */
export function stationKey(iface: u32, mac: u64): u64 {
  return ((<u64>iface) << 48) | mac;
}
