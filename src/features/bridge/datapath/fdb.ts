import { FDB, FDB_SEEN, FDB_STATE } from '../../../engine/datapath/regions';
import { FDB_SLOTS, LONGEST_FDB_SEARCH } from '../layout';

/**
 * Where a station is: 16 bytes, four of them in a cache line, a place in a hash table with open addressing.
 *
 *   0 ┌ MAC (6) │ bridge (2) ┬ far end (4) │ member (2) │ VLAN (12 bits), flags (4 bits) ┐ 16
 *
 * The control thread is the only writer: it takes a place's key away before it changes what the place says, and gives
 * it its key last. So a reader that finds the same key before and after has read what belongs to it. A moved station's
 * place is written in one piece.
 */
@unmanaged
export class Station {
  /** MAC address in the low 48 bits, first byte lowest, then the bridge's interface id; or one of FDB_EMPTY and FDB_DEAD. */
  key: u64;
  value: u64;
}

/** What all searches share: 64 bytes, written by the control thread. */
@unmanaged
export class FdbState {
  /** Chosen at random, so that nobody can send addresses that all belong to one place. */
  seed: u64;
  /** The second it is, for ageing. */
  second: u32;
  /** Not zero: there is no room for strangers. */
  full: u32;
}

/** No station was ever here, or none is behind it: the search ends. */
export const FDB_EMPTY: u64 = 0;
/** The place is being changed: the search goes on. No station has a group's address. */
export const FDB_DEAD: u64 = 1;

/** Where in `value` the member begins, and what of it says where the station is: member and far end. */
export const MEMBER_SHIFT: u64 = 32;
export const WHERE_MASK: u64 = 0xffffffffffff;
const VLAN_SHIFT: u64 = 48;
export const VLAN_MASK: u64 = 0xfff;
export const FLAGS_SHIFT: u64 = 60;

const BRIDGE_SHIFT: u64 = 48;
/** 2^64 divided by the golden ratio: spreads near keys far apart. */
const SPREAD: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;
const SLOT_BITS: u64 = 18;

/** @inline */
export function fdbState(): FdbState {
  return changetype<FdbState>(FDB_STATE);
}

/** The key of a MAC address in a bridge. @inline */
export function stationKey(bridge: u32, mac: u64): u64 {
  return mac | ((<u64>bridge) << BRIDGE_SHIFT);
}

/** The station with a key in a VLAN, or null. @inline */
export function findStation(key: u64, vlan: u64): Station | null {
  let place = placeOf(key, vlan);
  for (let i: u32 = 0; i < LONGEST_FDB_SEARCH; i++) {
    const station = stationAt(place);
    if (station.key == key && vlanOf(station.value) == vlan) return station;
    if (station.key == FDB_EMPTY) return null;
    place++;
  }
  return null;
}

/** What a station's place says; zero where the place belongs to another one meanwhile. @inline */
export function stationValue(station: Station, key: u64): u64 {
  const value = atomic.load<u64>(changetype<usize>(station) + offsetof<Station>('value'));
  return atomic.load<u64>(changetype<usize>(station)) == key ? value : 0;
}

/** The member that a value names. @inline */
export function memberOf(value: u64): u32 {
  return <u32>(value >> MEMBER_SHIFT) & 0xffff;
}

/** @inline */
export function vlanOf(value: u64): u64 {
  return (value >> VLAN_SHIFT) & VLAN_MASK;
}

/** Notes that a station was heard, with one write in a second. @inline */
export function noteSeen(station: Station): void {
  const seen = seenAt(station);
  const second = <u16>fdbState().second;
  if (load<u16>(seen) != second) store<u16>(seen, second);
}

/** Where it is noted when a station was last heard. @inline */
export function seenAt(station: Station): usize {
  return FDB_SEEN + ((changetype<usize>(station) - FDB) >> 3);
}

/** The place at a number, which wraps around at the table's end. @inline */
export function stationAt(place: u32): Station {
  return changetype<Station>(FDB + ((<usize>(place & (FDB_SLOTS - 1))) << 4));
}

/** Where the search for a station begins: a multiplicative hash, whose upper bits depend on all of the key. @inline */
export function placeOf(key: u64, vlan: u64): u32 {
  return <u32>(((key + vlan * SPREAD) * (SPREAD ^ fdbState().seed)) >> (64 - SLOT_BITS));
}
