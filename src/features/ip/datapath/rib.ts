import { returnBlock, takeBlock } from '../../../engine/datapath/arena';
import { RIBS } from '../../../engine/datapath/regions';
import { RIB_SIZE } from '../layout';

// Routes of one VRF and family as they were given: what the forwarding table is made from, kept by prefix in a
// hash table with linear probing. Only the control thread reads and writes it, so it is rehashed in place of any
// reader's consent, and a removed entry is closed up by moving its followers back.

/** One route: 32 bytes. An entry whose `used` is zero is free. */
@unmanaged
export class RibEntry {
  /** The address as it lies on the wire, an IPv4 one in the first four bytes; bits behind the prefix are zero. */
  addressLow: u64;
  addressHigh: u64;
  nextHop: u32;
  length: u8;
  origin: u8;
  used: u16;
  spare: u64;
}

/** A table of routes: RIB_SIZE, in region RIBS, family after family within each VRF. */
@unmanaged
export class Rib {
  entries: u32;
  /** Entries there is room for, a power of two; at most half are used, and an eighth at least. */
  capacity: u32;
  count: u32;
  limit: u32;
  /** Blocks of the forwarding table below its root, and the most there may be. */
  blocks: u32;
  blocksLimit: u32;
  /** Behind it: how many routes of each prefix length there are, 129 × u32. */
}

const ENTRY_BYTES: u32 = 32;
const FIRST_CAPACITY: u32 = 256;
const LENGTHS: usize = 24;

/** The table of a VRF: `family` is 4 or 6. */
export function ribOf(vrf: u32, family: u32): Rib {
  return changetype<Rib>(RIBS + <usize>((vrf << 1) | (family == 6 ? 1 : 0)) * RIB_SIZE);
}

/** Makes an empty table for at most `limit` routes in `blocksLimit` blocks; false when there is no memory left. */
export function openRib(vrf: u32, family: u32, limit: u32, blocksLimit: u32): bool {
  const rib = ribOf(vrf, family);
  memory.fill(changetype<usize>(rib), 0, RIB_SIZE);
  rib.limit = limit;
  rib.blocksLimit = blocksLimit;
  rib.entries = <u32>takeBlock(FIRST_CAPACITY * ENTRY_BYTES);
  rib.capacity = FIRST_CAPACITY;
  return rib.entries != 0;
}

/** Gives a table back. */
export function closeRib(vrf: u32, family: u32): void {
  const rib = ribOf(vrf, family);
  if (rib.entries) returnBlock(rib.entries, rib.capacity * ENTRY_BYTES);
  memory.fill(changetype<usize>(rib), 0, RIB_SIZE);
}

/** Finds the route of exactly this prefix; null when there is none. */
export function findRoute(rib: Rib, address: usize, length: u32): RibEntry | null {
  const low = load<u64>(address);
  const high = load<u64>(address, 8);
  let index = slotOf(rib, low, high, length);
  while (true) {
    const entry = entryAt(rib, index);
    if (!entry.used) return null;
    if (isRoute(entry, low, high, length)) return entry;
    index = (index + 1) & (rib.capacity - 1);
  }
}

/** The entry of a prefix, added where it is new; null when the limit or the memory is reached. */
export function addRoute(rib: Rib, address: usize, length: u32): RibEntry | null {
  if (rib.count >= rib.limit || (rib.count * 2 >= rib.capacity && !resize(rib, rib.capacity * 2)))
    return null;
  const entry = place(rib, load<u64>(address), load<u64>(address, 8), length);
  rib.count++;
  const counter = lengthCounter(rib, length);
  store<u32>(counter, load<u32>(counter) + 1);
  return entry;
}

/** Removes a route that `findRoute` gave; entries that were found before may have moved then. */
export function removeRoute(rib: Rib, removed: RibEntry): void {
  const counter = lengthCounter(rib, removed.length);
  store<u32>(counter, load<u32>(counter) - 1);
  rib.count--;
  let hole = <u32>((changetype<usize>(removed) - rib.entries) / ENTRY_BYTES);
  let index = hole;
  while (true) {
    index = (index + 1) & (rib.capacity - 1);
    const entry = entryAt(rib, index);
    if (!entry.used) break;
    const home = slotOf(rib, entry.addressLow, entry.addressHigh, entry.length);
    if (((index - home) & (rib.capacity - 1)) < ((index - hole) & (rib.capacity - 1))) continue;
    memory.copy(changetype<usize>(entryAt(rib, hole)), changetype<usize>(entry), ENTRY_BYTES);
    hole = index;
  }
  entryAt(rib, hole).used = 0;
  if (rib.capacity > FIRST_CAPACITY && rib.count * 8 < rib.capacity) resize(rib, rib.capacity >> 1);
}

/** The longest route that covers a prefix and is shorter than it; null when there is none. */
export function coverOf(rib: Rib, address: usize, length: u32, scratch: usize): RibEntry | null {
  memory.copy(scratch, address, 16);
  for (let shorter = <i32>length - 1; shorter >= 0; shorter--) {
    store<u8>(scratch + (shorter >> 3), load<u8>(scratch + (shorter >> 3)) & <u8>(0xff00 >> (shorter & 7)));
    if (!load<u32>(lengthCounter(rib, shorter))) continue;
    const found = findRoute(rib, scratch, shorter);
    if (found !== null) return found;
  }
  return null;
}

/** Moves all routes to a table of another size; false when there is no memory for it. */
function resize(rib: Rib, capacity: u32): bool {
  const oldEntries = <usize>rib.entries;
  const oldCapacity = rib.capacity;
  const entries = takeBlock(capacity * ENTRY_BYTES);
  if (!entries) return false;
  rib.entries = <u32>entries;
  rib.capacity = capacity;
  for (let i: u32 = 0; i < oldCapacity; i++) {
    const old = changetype<RibEntry>(oldEntries + i * ENTRY_BYTES);
    if (!old.used) continue;
    const entry = place(rib, old.addressLow, old.addressHigh, old.length);
    entry.nextHop = old.nextHop;
    entry.origin = old.origin;
  }
  returnBlock(oldEntries, oldCapacity * ENTRY_BYTES);
  return true;
}

function place(rib: Rib, low: u64, high: u64, length: u32): RibEntry {
  let index = slotOf(rib, low, high, length);
  while (entryAt(rib, index).used) index = (index + 1) & (rib.capacity - 1);
  const entry = entryAt(rib, index);
  entry.addressLow = low;
  entry.addressHigh = high;
  entry.length = <u8>length;
  entry.used = 1;
  return entry;
}

/** @inline */
function entryAt(rib: Rib, index: u32): RibEntry {
  return changetype<RibEntry>(<usize>rib.entries + index * ENTRY_BYTES);
}

/** @inline */
function isRoute(entry: RibEntry, low: u64, high: u64, length: u32): bool {
  return entry.addressLow == low && entry.addressHigh == high && entry.length == <u8>length;
}

/** Where the search for a prefix begins: a multiplicative hash, its best bits last. @places RIBS @inline */
function slotOf(rib: Rib, low: u64, high: u64, length: u32): u32 {
  let hash = (low ^ (high * 0x9e3779b97f4a7c15) ^ length) * 0xff51afd7ed558ccd;
  hash ^= hash >> 32;
  hash *= 0xc4ceb9fe1a85ec53;
  return <u32>(hash >> 32) & (rib.capacity - 1);
}

/** @inline */
function lengthCounter(rib: Rib, length: u32): usize {
  return changetype<usize>(rib) + LENGTHS + (length << 2);
}
