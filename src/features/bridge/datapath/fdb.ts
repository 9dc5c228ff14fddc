import { FDB, FDB_STATE } from '../../../engine/datapath/regions';
import { FDB_HEARD, LONGEST_FDB_SEARCH } from '../layout';

/**
 * Where a station is: 16 bytes, a place in a hash table with open addressing. Searches begin at the first of the four
 * places in a cache line, so that nearly all of them end in the line that they begin in.
 *
 *    0 ┌ MAC (6) │ bridge (2) ┬ far end (4) │ member (2) │ VLAN (12 bits), flags (4 bits) ┐ 16
 *
 * The control thread is the writer of it: it takes a place's key away before it changes what the place says, and gives
 * it its key last. Who goes by what a place says reads both words in one piece of 16 bytes, which an x86-64 processor
 * with AVX does at once, so they belong together. Workers set one flag, that the station was heard; where another one
 * has got the place meanwhile, that one counts as heard a second longer.
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
  /** What keys are multiplied by: odd, and chosen at random, so that nobody can send addresses that all have one home. */
  multiplier: u64;
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
export const SPREAD: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;
const LINE_BITS: u64 = 16;
export const STATION_BYTES: usize = 16;
const LINE_BYTES: usize = 64;
const HEARD: u64 = (<u64>FDB_HEARD) << FLAGS_SHIFT;

/** @inline */
export function fdbState(): FdbState {
  return changetype<FdbState>(FDB_STATE);
}

/** The key of a MAC address in a bridge. @inline */
export function stationKey(bridge: u32, mac: u64): u64 {
  return mac | ((<u64>bridge) << BRIDGE_SHIFT);
}

/** The station with a key in a VLAN, or null. Meanwhile another one may have its place. @inline */
export function findStation(key: u64, vlan: u64): Station | null {
  let at = homeOf(key, vlan);
  let left = LONGEST_FDB_SEARCH;
  do {
    const station = changetype<Station>(at);
    const found = station.key;
    if (found == key) {
      if (vlanOf(station.value) == vlan) return station;
    } else if (found == FDB_EMPTY) return null;
    at += STATION_BYTES;
  } while (--left);
  return null;
}

/** What the table says of the station with a key in a VLAN; zero where it is not known. @inline */
export function whereIs(key: u64, vlan: u64): u64 {
  let at = homeOf(key, vlan);
  let left = LONGEST_FDB_SEARCH;
  do {
    const both = v128.load(at);
    const found = i64x2.extract_lane(both, 0);
    if (found == key) {
      const value = <u64>i64x2.extract_lane(both, 1);
      if (vlanOf(value) == vlan) return value;
    } else if (found == FDB_EMPTY) return 0;
    at += STATION_BYTES;
  } while (--left);
  return 0;
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
export function noteHeard(station: Station): void {
  if (!(station.value & HEARD))
    atomic.or<u64>(changetype<usize>(station) + offsetof<Station>('value'), HEARD);
}

/** The place at a number. @inline */
export function stationAt(place: u32): Station {
  return changetype<Station>(FDB + <usize>place * STATION_BYTES);
}

/** Where the search for a station begins: a multiplicative hash, whose upper bits depend on all of the key. @inline */
export function homeOf(key: u64, vlan: u64): usize {
  const hash = (key + vlan * SPREAD) * fdbState().multiplier;
  return FDB + <usize>(hash >> (64 - LINE_BITS)) * LINE_BYTES;
}
