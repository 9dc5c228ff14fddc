import { worker } from '../../../engine/datapath/instance';
import { SLOTS } from '../layout';

/**
 * A place in a hash table with open addressing: 32 bytes.
 *
 *   0 version·state │ 4 value │ 8 key (16) │ 24 seen │ 28 spare
 *
 * The control thread is the only writer. It makes a place dead before it changes its key and gives it a new version
 * with every key, so that a reader that finds the same word before and after has read one key and its value.
 */
@unmanaged
export class Slot {
  /** The lower half is one of SLOT_…; the upper half counts the keys it has had. */
  word: u32;
  value: u32;
  keyLow: u64;
  keyHigh: u64;
  /** Clock second of the last packet that came by this key, for ageing. */
  seen: u32;
  spare: u32;
}

/** Nothing was ever stored here: the search ends. */
export const SLOT_EMPTY: u32 = 0;
export const SLOT_LIVE: u32 = 1;
/** What was stored here is gone: the search goes on. */
export const SLOT_DEAD: u32 = 2;
/** What was stored here is gone, but a worker may still be at it. */
export const SLOT_LEAVING: u32 = 3;
export const SLOT_STATE: u32 = 0xffff;

/** Longest search: a table that would need a longer one counts as full. */
export const LONGEST_SEARCH: u32 = 64;

/** 2^64 divided by the golden ratio: spreads near keys far apart. */
const SPREAD: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;
/** Clock ticks in a unit of `seen`, as a power of two: about a second. */
const SEEN_SHIFT: u64 = 30;

/** The value of a key, which is seen now, with one write per second and not per packet; zero for none. */
export function findSeen(table: usize, low: u64, high: u64): u32 {
  const first = placeOf(low, high);
  for (let i: u32 = 0; i < LONGEST_SEARCH; i++) {
    const slot = slotAt(table, first + i);
    const word = atomic.load<u32>(changetype<usize>(slot));
    if ((word & SLOT_STATE) == SLOT_EMPTY) return 0;
    if ((word & SLOT_STATE) != SLOT_LIVE || slot.keyLow != low || slot.keyHigh != high) continue;
    const value = slot.value;
    const now = <u32>(worker.clock >> SEEN_SHIFT);
    if (atomic.load<u32>(changetype<usize>(slot)) != word) continue;
    if (slot.seen != now) slot.seen = now;
    return value;
  }
  return 0;
}

/** The place at a number, which wraps around at the table's end. @inline */
export function slotAt(table: usize, place: u32): Slot {
  return changetype<Slot>(table + ((<usize>(place & (SLOTS - 1))) << 5));
}

/** Where the search for a key begins: a multiplicative hash of all its bits. @places FAR_ENDS @inline */
export function placeOf(low: u64, high: u64): u32 {
  const hash = (rotl(low * SPREAD, 32) ^ high) * SPREAD;
  return <u32>((rotl(hash, 32) * SPREAD) >> 40); // the last byte of an address lies highest, where one product leaves it
}
