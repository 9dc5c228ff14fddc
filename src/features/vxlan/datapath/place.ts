import { LONGEST_PLACE_SEARCH } from '../layout';

/**
 * A place in a hash table with open addressing, for keys of one word: 16 bytes. Four of them are a cache line,
 * which keys share that differ in their last two bits alone.
 *
 *   0 ┌ key (8) │ value (8) ┐ 16
 *
 * The control thread is the writer: it takes a place's key away before it changes the value, and gives it its key last.
 * Workers set PLACE_HEARD of values that have it, and where another key has got the place meanwhile, that one counts as
 * heard.
 */
@unmanaged
export class Place {
  /** One of a key and PLACE_EMPTY and PLACE_DEAD, which no key is. */
  key: u64;
  value: u64;
}

/** Nothing is here, and no key of this line or one before is in a line behind: the search ends with the line. */
export const PLACE_EMPTY: u64 = 0;
/** What was here is gone, or not here yet: the search goes on. */
export const PLACE_DEAD: u64 = 1;
/** Bit of the value of what can speak: it was heard. */
export const PLACE_HEARD: u64 = 1 << 63;
export const PLACE_BYTES: usize = 16;

const LINE_BITS: u64 = 14;
const ROW_BITS: u64 = 2;
const ROW_MASK: usize = 3;
/** A line of a table holds a row: 64 bytes, as many as a line of a cache. */
export const LINE_BYTES: usize = (ROW_MASK + 1) * PLACE_BYTES;
/** 2^64 divided by the golden ratio: spreads near keys far apart. */
const SPREAD: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;

/** The place of a key, or null; meanwhile another one may have it. @inline */
export function findPlace(table: usize, key: u64): Place | null {
  const home = homeOf(table, key);
  return changetype<Place>(home).key == key ? changetype<Place>(home) : findFurther(home, key);
}

/** The value of a key, zero for none: both are read in one piece of 16 bytes, so they belong together. @inline */
export function lookUp(table: usize, key: u64): u64 {
  const home = homeOf(table, key);
  const both = v128.load(home);
  return <u64>i64x2.extract_lane(both, 0) == key
    ? <u64>i64x2.extract_lane(both, 1)
    : lookUpFurther(home, key);
}

function lookUpFurther(home: usize, key: u64): u64 {
  const place = findFurther(home, key);
  if (place === null) return 0;
  const both = v128.load(changetype<usize>(place));
  return <u64>i64x2.extract_lane(both, 0) == key ? <u64>i64x2.extract_lane(both, 1) : 0;
}

/** Looks at all places of a key's line, and at those of the next ones while there is no empty one among them. */
function findFurther(home: usize, key: u64): Place | null {
  let line = lineOf(home);
  for (let i: u32 = 0; i < LONGEST_PLACE_SEARCH; i++) {
    let isLast = false;
    for (let at = line; at < line + LINE_BYTES; at += PLACE_BYTES) {
      const found = changetype<Place>(at).key;
      if (found == key) return changetype<Place>(at);
      if (found == PLACE_EMPTY) isLast = true;
    }
    if (isLast) return null;
    line += LINE_BYTES;
  }
  return null;
}

/** Notes that whoever has a place was heard, with one write from one time that it is asked for to the next. @inline */
export function noteHeard(place: Place): void {
  if (place.value & PLACE_HEARD) return;
  atomic.or<u64>(changetype<usize>(place) + offsetof<Place>('value'), PLACE_HEARD);
}

/**
 * Where the search for a key begins: in a line by a hash that leaves out the key's last two bits, and there at the place
 * that these say. So keys in a row share lines, and each is found at the first place that is looked at.
 * @places VXLAN_VNIS VXLAN_STATIONS @inline
 */
export function homeOf(table: usize, key: u64): usize {
  const row = key >> ROW_BITS;
  const hash = (row ^ (row >> 32)) * SPREAD;
  const line = table + <usize>(hash >> (64 - LINE_BITS)) * LINE_BYTES;
  return line + (<usize>key & ROW_MASK) * PLACE_BYTES;
}

/** The line that a place is in: tables begin with one. @inline */
export function lineOf(place: usize): usize {
  return place & ~(LINE_BYTES - 1);
}
