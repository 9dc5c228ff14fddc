import {
  LONGEST_SEARCH,
  placeOf,
  SLOT_DEAD,
  SLOT_EMPTY,
  SLOT_LEAVING,
  SLOT_LIVE,
  SLOT_STATE,
  Slot,
  slotAt,
} from './slot';

// The control thread's side of the hash tables.

/**
 * The name of a key: the version of its place in the upper half, its number in the lower. It gets a place where it has
 * none; zero when the table has no room where it belongs.
 */
export function putKey(table: usize, low: u64, high: u64): u32 {
  const first = placeOf(low, high);
  let free: u32 = LONGEST_SEARCH;
  for (let i: u32 = 0; i < LONGEST_SEARCH; i++) {
    const slot = slotAt(table, first + i);
    const state = slot.word & SLOT_STATE;
    if (state == SLOT_LIVE) {
      if (slot.keyLow != low || slot.keyHigh != high) continue;
      return slot.value;
    }
    if (state == SLOT_LEAVING) continue;
    if (free == LONGEST_SEARCH) free = i;
    if (state == SLOT_EMPTY) break;
  }
  return free == LONGEST_SEARCH ? 0 : occupy(table, first + free, low, high);
}

/**
 * Gives a key the name that it has had in another table of as many places; false when no search would find it there.
 * The places before its own have had other keys since, which are here no more: searches are to go past them.
 */
export function restoreKey(table: usize, low: u64, high: u64, name: u32): bool {
  const first = placeOf(low, high);
  for (let i: u32 = 0; i < LONGEST_SEARCH; i++) {
    const slot = slotAt(table, first + i);
    if (placeAt(table, slot) == (name & SLOT_STATE)) {
      slot.keyLow = low;
      slot.keyHigh = high;
      slot.value = name;
      setWord(slot, (name & ~SLOT_STATE) | SLOT_LIVE);
      return true;
    }
    if ((slot.word & SLOT_STATE) == SLOT_EMPTY) setWord(slot, version(slot) | SLOT_DEAD);
  }
  return false;
}

/** Takes a key out whose place workers may still be at: it is free when `freePlace` says so. Returns its value, or zero. */
export function retireKey(table: usize, low: u64, high: u64): u32 {
  const slot = findKey(table, low, high);
  if (slot === null) return 0;
  setWord(slot, version(slot) | SLOT_LEAVING);
  return slot.value;
}

/** Frees the place of a name that was retired, once no worker can be at it. */
export function freePlace(table: usize, name: u32): void {
  const slot = slotAt(table, name);
  if (slot.word != ((name & ~SLOT_STATE) | SLOT_LEAVING)) return;
  setWord(slot, version(slot) | SLOT_DEAD);
  emptyBack(table, placeAt(table, slot));
}

/** When a key was seen last, zero for never. */
export function keySeen(table: usize, low: u64, high: u64): u32 {
  const slot = findKey(table, low, high);
  return slot === null ? 0 : slot.seen;
}

function findKey(table: usize, low: u64, high: u64): Slot | null {
  const first = placeOf(low, high);
  for (let i: u32 = 0; i < LONGEST_SEARCH; i++) {
    const slot = slotAt(table, first + i);
    const state = slot.word & SLOT_STATE;
    if (state == SLOT_EMPTY) return null;
    if (state == SLOT_LIVE && slot.keyLow == low && slot.keyHigh == high) return slot;
  }
  return null;
}

function occupy(table: usize, place: u32, low: u64, high: u64): u32 {
  const slot = slotAt(table, place);
  let next = version(slot) + 0x10000;
  if (!next) next = 0x10000; // a name of zero would mean none
  slot.keyLow = low;
  slot.keyHigh = high;
  slot.seen = 0;
  slot.value = next | placeAt(table, slot);
  setWord(slot, next | SLOT_LIVE);
  return slot.value;
}

/** Nobody searches past an empty place: dead ones in front of it need not be kept. */
function emptyBack(table: usize, place: u32): void {
  if ((slotAt(table, place + 1).word & SLOT_STATE) != SLOT_EMPTY) return;
  for (let i: u32 = 0; i < LONGEST_SEARCH; i++) {
    const slot = slotAt(table, place - i);
    if ((slot.word & SLOT_STATE) != SLOT_DEAD) return;
    setWord(slot, version(slot));
  }
}

/** @inline */
function placeAt(table: usize, slot: Slot): u32 {
  return <u32>(changetype<usize>(slot) - table) >> 5;
}

/** @inline */
function version(slot: Slot): u32 {
  return slot.word & ~SLOT_STATE;
}

function setWord(slot: Slot, word: u32): void {
  atomic.store<u32>(changetype<usize>(slot), word);
}
