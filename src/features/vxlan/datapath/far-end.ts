import { FAR_ENDS, VXLAN_STATIONS } from '../../../engine/datapath/regions';
import { findPlace, lookUp, noteHeard } from './place';
import { findSeen, SLOT_LIVE, Slot, slotAt } from './slot';

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
  return <u32>lookUp(VXLAN_STATIONS, stationKey(iface, mac));
}

/**
 * The same of a station that has just sent something. Where another one gets its place meanwhile, the control thread is
 * told, which looks for itself. @inline
 */
export function farEndOfSender(iface: u32, mac: u64): u32 {
  const place = findPlace(VXLAN_STATIONS, stationKey(iface, mac));
  if (place === null) return 0;
  noteHeard(place);
  return <u32>place.value;
}

/** Key of a station in a table of places: a router has one address in many networks, whose keys are in a row. @inline */
export function stationKey(iface: u32, mac: u64): u64 {
  return (mac << 16) | iface;
}
