import { ROUTE_SCRATCH } from '../../../engine/datapath/regions';
import { ROUTE_SCRATCH_BYTES } from '../layout';
import { Rib, RibEntry, ribOf } from './rib';

// Routes in order, a page at a time: the table is a hash table, so each page is looked for in all of it. What is kept
// while it is looked for is a heap of entries, the last of them on top.

const ENTRY_BYTES: usize = 32;
/** Where entries are laid for the control thread, behind the prefix that they come after. */
const PAGE: usize = ROUTE_SCRATCH + 64;

/**
 * Copies the first `most` routes behind a prefix to the page: by address, then by length. The prefix is the address at
 * ROUTE_SCRATCH with a length, or −1 for all.
 *
 * @returns how many there are
 */
export function pageRoutes(vrf: u32, family: u32, length: i32, most: u32): u32 {
  const rib = ribOf(vrf, family);
  const heap = PAGE + most * ENTRY_BYTES;
  if (heap + (most << 2) > ROUTE_SCRATCH + ROUTE_SCRATCH_BYTES) return 0;
  const count = collect(rib, heap, length, most);
  for (let left = count; left > 0; left--) {
    const last = load<u32>(heap);
    memory.copy(PAGE + (left - 1) * ENTRY_BYTES, last, ENTRY_BYTES);
    sink(heap, left - 1, load<u32>(heap + ((left - 1) << 2)));
  }
  return count;
}

/** Leaves the first routes behind a prefix in the heap. */
function collect(rib: Rib, heap: usize, length: i32, most: u32): u32 {
  const high = bswap<u64>(load<u64>(ROUTE_SCRATCH));
  const low = bswap<u64>(load<u64>(ROUTE_SCRATCH, 8));
  const end = rib.entries + rib.capacity * <u32>ENTRY_BYTES;
  let count: u32 = 0;
  for (let at = rib.entries; at < end; at += <u32>ENTRY_BYTES) {
    const entry = changetype<RibEntry>(<usize>at);
    if (!entry.used || !isBehind(entry, high, low, length)) continue;
    if (count < most) rise(heap, count++, at);
    else if (isBefore(at, load<u32>(heap))) sink(heap, count, at);
  }
  return count;
}

/** @inline */
function isBehind(entry: RibEntry, high: u64, low: u64, length: i32): bool {
  const first = bswap<u64>(entry.addressLow);
  if (first != high) return length < 0 || first > high;
  const second = bswap<u64>(entry.addressHigh);
  if (second != low) return length < 0 || second > low;
  return <i32>entry.length > length;
}

/** Whether an entry comes before another. */
function isBefore(a: u32, b: u32): bool {
  const left = changetype<RibEntry>(<usize>a);
  const right = changetype<RibEntry>(<usize>b);
  const leftHigh = bswap<u64>(left.addressLow);
  const rightHigh = bswap<u64>(right.addressLow);
  if (leftHigh != rightHigh) return leftHigh < rightHigh;
  const leftLow = bswap<u64>(left.addressHigh);
  const rightLow = bswap<u64>(right.addressHigh);
  return leftLow != rightLow ? leftLow < rightLow : left.length < right.length;
}

/** Puts an entry into the heap, at its end first. */
function rise(heap: usize, end: u32, entry: u32): void {
  let place = end;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    const above = load<u32>(heap + (parent << 2));
    if (isBefore(entry, above)) break;
    store<u32>(heap + (place << 2), above);
    place = parent;
  }
  store<u32>(heap + (place << 2), entry);
}

/** Puts an entry into a heap of `count` in place of the one on top. */
function sink(heap: usize, count: u32, entry: u32): void {
  let place: u32 = 0;
  for (let child: u32 = 1; child < count; child = (place << 1) + 1) {
    if (child + 1 < count && isBefore(load<u32>(heap + (child << 2)), load<u32>(heap + ((child + 1) << 2))))
      child++;
    const below = load<u32>(heap + (child << 2));
    if (isBefore(below, entry)) break;
    store<u32>(heap + (place << 2), below);
    place = child;
  }
  store<u32>(heap + (place << 2), entry);
}
