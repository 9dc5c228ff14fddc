import { FDB, FDB_STATE } from '../../../engine/datapath/regions';
import { FDB_BLOCKS, FDB_HEARD, FDB_HOMES, LONGEST_FDB_SEARCH } from '../layout';

/**
 * Where a station is: 16 bytes, a place of one of two tables that follow one another. In the first one, the home of a
 * block, each station has a place of its own; the second one is a hash table with open addressing. Four places are a
 * cache line, which stations share whose addresses differ in their last two bits alone.
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
  /** What keys are multiplied by to find their line: odd, and random, so that nobody can send addresses that all share one. */
  lineMultiplier: u64;
  /** The second it is, for ageing. */
  second: u32;
  /** Not zero: there is no room for strangers. */
  full: u32;
  /** A bit for each of FDB_HOMES that a block has. */
  homesTaken: u32;
}

/** What is noted of the blocks whose hash has the same eight bits: 16 bytes, written by the control thread. */
@unmanaged
export class Blocks {
  /** The one of them that has a home, or NO_BLOCK; it changes while none of them has a station. */
  resident: u64;
  /** Where its home is: bytes from the beginning of the tables. */
  home: u32;
  /** Stations of all of them. */
  stations: u32;
}

/** Nobody is here, and no station of this line or one before is in a line behind: the search ends with the line. */
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
const LINE_BITS: u64 = 17;
export const STATION_BYTES: usize = 16;
/** The last two bits of a MAC address, in a key. */
const ROW_SHIFT: u64 = 40;
const ROW_MASK: usize = 3;
/** A line of the tables holds a row: 64 bytes, as many as a line of a cache. */
export const LINE_BYTES: usize = (ROW_MASK + 1) * STATION_BYTES;
const ROW_BITS: u64 = (<u64>ROW_MASK) << ROW_SHIFT;
/** The last two bytes of a MAC address, in a key. */
const BLOCK_SHIFT: u64 = 32;
const BLOCK_BITS: u64 = (<u64>0xffff) << BLOCK_SHIFT;
/** No block: zero is no bridge. */
export const NO_BLOCK: u64 = 0;
/** A place for each address of a block. */
export const HOME_BYTES: usize = 65536 * STATION_BYTES;
/** Where the hash table begins, behind the homes. */
const HASHED: usize = FDB + FDB_HOMES * HOME_BYTES;
/** Takes the 16,384 rows of a block, of four addresses each, to lines of which no two are nearer than five. Found by trying. */
const ROW_SPREAD: u64 = 0xa5a78ddf;
const HEARD: u64 = (<u64>FDB_HEARD) << FLAGS_SHIFT;

/** @inline */
export function fdbState(): FdbState {
  return changetype<FdbState>(FDB_STATE);
}

/** Where Blocks are, behind what searches share. */
const BLOCKS: usize = FDB_STATE + 64;
const BLOCKS_EACH: usize = 16;
export const BLOCKS_BYTES: usize = FDB_BLOCKS * BLOCKS_EACH;
const BLOCKS_SHIFT: u64 = 52;

/** What is noted of blocks, by their product. @inline */
export function blocksOf(product: u64): Blocks {
  return changetype<Blocks>(BLOCKS + (<usize>(product >> BLOCKS_SHIFT) & (BLOCKS_BYTES - BLOCKS_EACH)));
}

/** The key of a MAC address in a bridge. @inline */
export function stationKey(bridge: u32, mac: u64): u64 {
  return mac | ((<u64>bridge) << BRIDGE_SHIFT);
}

/** The station with a key in a VLAN, or null. Meanwhile another one may have its place. @inline */
export function findStation(key: u64, vlan: u64): Station | null {
  const home = homeOf(key, vlan);
  const station = changetype<Station>(home);
  return station.key == key && vlanOf(station.value) == vlan ? station : findFurther(home, key, vlan);
}

/** What the table says of the station with a key in a VLAN; zero where it is not known. @inline */
export function whereIs(key: u64, vlan: u64): u64 {
  const home = homeOf(key, vlan);
  const value = valueAt(home, key, vlan);
  return value ? value : furtherValue(home, key, vlan);
}

/** @inline */
function furtherValue(home: usize, key: u64, vlan: u64): u64 {
  const station = findFurther(home, key, vlan);
  return station === null ? 0 : valueAt(changetype<usize>(station), key, vlan);
}

/** What a place says where it is a station's, both words read in one piece; else zero. @inline */
function valueAt(place: usize, key: u64, vlan: u64): u64 {
  const both = v128.load(place);
  const value = <u64>i64x2.extract_lane(both, 1);
  return <u64>i64x2.extract_lane(both, 0) == key && vlanOf(value) == vlan ? value : 0;
}

/**
 * Looks at all places of a station's line, and at those of the next ones while there is no empty one among them. In the
 * home of a block there is none but the first. @inline
 */
function findFurther(home: usize, key: u64, vlan: u64): Station | null {
  if (isOwn(home)) return null;
  let line = lineOf(home);
  for (let i: u32 = 0; i < LONGEST_FDB_SEARCH; i++) {
    let isLast = false;
    for (let at = line; at < line + LINE_BYTES; at += STATION_BYTES) {
      const station = changetype<Station>(at);
      if (station.key == key && vlanOf(station.value) == vlan) return station;
      if (station.key == FDB_EMPTY) isLast = true;
    }
    if (isLast) return null;
    line += LINE_BYTES;
  }
  return null;
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

/**
 * Where the search for a station begins. A block that has a home has all its addresses there, one after the other. Else it
 * is in a line of the hash table, and there at the place that the last two bits of the address say: what the last two
 * bytes say but for these bits takes rows to lines evenly, what the others, bridge and VLAN say moves all of these by
 * what nobody outside can foretell. @places FDB @inline
 */
export function homeOf(key: u64, vlan: u64): usize {
  const block = blockOf(key, vlan);
  const home = homeOfBlock(block);
  return home ? placeIn(home, key) : hashedPlace(block, key);
}

/** Where the home of a block begins, zero when it has none. @inline */
export function homeOfBlock(block: u64): usize {
  const blocks = blocksOf(productOf(block));
  return blocks.resident == block ? FDB + blocks.home : 0;
}

/** The place of a station in the home of its block. @places FDB @inline */
export function placeIn(home: usize, key: u64): usize {
  const last = (<usize>(key >> ROW_SHIFT) & 0xff) | (<usize>(key >> (BLOCK_SHIFT - 8)) & 0xff00);
  return home + last * STATION_BYTES;
}

/** Where the search for a station whose block has no home begins. @places FDB @inline */
export function hashedPlace(block: u64, key: u64): usize {
  const product = productOf(block);
  const hash = (product ^ (product >> 32)) * SPREAD + (key & (BLOCK_BITS ^ ROW_BITS)) * ROW_SPREAD;
  const place = (<usize>(key >> ROW_SHIFT) & ROW_MASK) * STATION_BYTES;
  return HASHED + <usize>(hash >> (64 - LINE_BITS)) * LINE_BYTES + place;
}

/** Tells whether a place is in the home of a block, and so a single station's. @inline */
export function isOwn(place: usize): bool {
  return place < HASHED;
}

/** All of an address but its last two bytes, its bridge and VLAN. @inline */
export function blockOf(key: u64, vlan: u64): u64 {
  return (key & ~BLOCK_BITS) | (vlan << BLOCK_SHIFT);
}

/** What a block's hashes are made of. @inline */
export function productOf(block: u64): u64 {
  return block * fdbState().lineMultiplier;
}

/** The line that a place is in: the table begins with one. @inline */
export function lineOf(place: usize): usize {
  return place & ~(LINE_BYTES - 1);
}
