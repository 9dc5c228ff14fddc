import { takeBlock } from '../../../engine/datapath/arena';
import { retireBlock } from '../../../engine/datapath/retired';
import { FIB_DEPTH_SHIFT, FIB_NEXT_HOP_MASK } from '../layout';

// Forwarding table of one VRF and family: a trie that reads 16 bits of the address, then 8 at a time.
//
//   root 65536 entries ─► block 256 entries ─► block 256 entries ─► …
//
// The root is indexed by the address's first two bytes as they lie, so that nothing is swapped on a packet's way.
//
//   entry  0 │ depth 8 │ next hop 23      a leaf: the longest prefix here has `depth` bits
//          1 │ block address 31           a branch
//
// Readers take one entry after the other; the writer replaces entries one by one, and a block is filled before
// an entry leads to it and retired after none does, so that a reader always sees the old or the new route.

export const FIB_BRANCH: u32 = 0x80000000;
const ROOT_BYTES: u32 = 65536 * 4;
const BLOCK_BYTES: u32 = 256 * 4;
const ROOT_BITS: u32 = 16;
const BLOCK_BITS: u32 = 8;

/** Makes an empty table; zero when there is no memory left for it. */
export function newFib(): usize {
  return takeBlock(ROOT_BYTES);
}

/** Gives a table and all its blocks back once no worker can see them. */
export function retireFib(root: usize): void {
  retireBranches(root, 65536);
  retireBlock(root, ROOT_BYTES);
}

/** Next hop of an IPv4 address, which lies in network order at `address`. @inline */
export function lookup4(root: usize, address: usize): u32 {
  let entry = load<u32>(rootSlot(root, address));
  if (isBranch(entry)) {
    entry = load<u32>(blockSlot(entry, address + 2));
    if (isBranch(entry)) entry = load<u32>(blockSlot(entry, address + 3));
  }
  return entry & FIB_NEXT_HOP_MASK;
}

/** Where the root holds the entry of an address. @inline */
function rootSlot(root: usize, address: usize): usize {
  return root + ((<usize>load<u16>(address)) << 2);
}

/** Tells whether an entry leads to a block: the uppermost bit is a number's sign. @inline */
function isBranch(entry: u32): bool {
  return <i32>entry < 0;
}

/** Where the block that a branch leads to holds the entry of the byte at `address`. @inline */
function blockSlot(branch: u32, address: usize): usize {
  return <usize>(branch & ~FIB_BRANCH) + ((<usize>load<u8>(address)) << 2);
}

/** Next hop of an IPv6 address, which lies in network order at `address`. @inline */
export function lookup6(root: usize, address: usize): u32 {
  let entry = load<u32>(rootSlot(root, address));
  for (let at = address + 2; isBranch(entry); at++) entry = load<u32>(blockSlot(entry, at));
  return entry & FIB_NEXT_HOP_MASK;
}

/**
 * Sets the next hop of a prefix (`length` bits of the address that lies in network order at `address`),
 * where no longer prefix is in the way; false when there is no memory left, and nothing has changed then.
 */
export function setPrefix(root: usize, address: usize, length: u32, nextHop: u32): bool {
  return writePrefix(root, address, length, (length << FIB_DEPTH_SHIFT) | nextHop);
}

/** Blocks that `setPrefix` would have to make for a prefix. */
export function missingBlocks(root: usize, address: usize, length: u32): u32 {
  let slot = rootSlot(root, address);
  let end = ROOT_BITS;
  for (let at = address + 2; length > end; at++) {
    const entry = load<u32>(slot);
    if (!(entry & FIB_BRANCH)) return (length - end + BLOCK_BITS - 1) / BLOCK_BITS;
    slot = <usize>(entry & ~FIB_BRANCH) + ((<usize>load<u8>(at)) << 2);
    end += BLOCK_BITS;
  }
  return 0;
}

/**
 * Gives the addresses of a removed prefix to the one that covers it (`coverNextHop` zero: to none).
 *
 * @returns how many blocks it was the last to need
 */
export function clearPrefix(
  root: usize,
  address: usize,
  length: u32,
  coverLength: u32,
  coverNextHop: u32,
): u32 {
  writePrefix(root, address, length, (coverLength << FIB_DEPTH_SHIFT) | coverNextHop);
  return mergeAlong(root, address, length);
}

/** Walks to the block that holds the prefix's last bits, making blocks on the way, and writes the entries there. */
function writePrefix(root: usize, address: usize, length: u32, leaf: u32): bool {
  if (length <= ROOT_BITS) {
    const span: u32 = 1 << (ROOT_BITS - length);
    const first = <u32>bswap(load<u16>(address)) & ~(span - 1);
    for (let i = first; i < first + span; i++) writeEntry(root + ((<usize>bswap(<u16>i)) << 2), length, leaf);
    return true;
  }
  let block = branchAt(rootSlot(root, address));
  let at = address + 2;
  let end = ROOT_BITS + BLOCK_BITS;
  while (block && length > end) {
    block = branchAt(block + ((<usize>load<u8>(at)) << 2));
    at++;
    end += BLOCK_BITS;
  }
  if (!block) return false;
  const span: u32 = 1 << (end - length);
  const first = <u32>load<u8>(at) & ~(span - 1);
  for (let i = first; i < first + span; i++) writeEntry(block + (i << 2), length, leaf);
  return true;
}

/** The block that an entry leads to; made, with the entry's leaf in every place, where there is none yet. */
function branchAt(slot: usize): usize {
  const entry = load<u32>(slot);
  if (entry & FIB_BRANCH) return <usize>(entry & ~FIB_BRANCH);
  const block = takeBlock(BLOCK_BYTES);
  if (!block) return 0;
  for (let i: u32 = 0; i < 256; i++) store<u32>(block + (i << 2), entry);
  atomic.store<u32>(slot, <u32>block | FIB_BRANCH);
  return block;
}

/** Writes a leaf over an entry, and below it, wherever the prefix there is not longer than `depth`. */
function writeEntry(slot: usize, depth: u32, leaf: u32): void {
  const entry = load<u32>(slot);
  if (entry & FIB_BRANCH) {
    const block = <usize>(entry & ~FIB_BRANCH);
    for (let i: u32 = 0; i < 256; i++) writeEntry(block + (i << 2), depth, leaf);
    return;
  }
  if (entry >> FIB_DEPTH_SHIFT <= depth) store<u32>(slot, leaf);
}

/** Replaces blocks on the way of a prefix that hold one and the same short leaf everywhere, the lowest first. */
function mergeAlong(root: usize, address: usize, length: u32): u32 {
  return mergeBelow(rootSlot(root, address), address + 2, ROOT_BITS, length);
}

function mergeBelow(slot: usize, at: usize, end: u32, length: u32): u32 {
  const entry = load<u32>(slot);
  if (!(entry & FIB_BRANCH)) return 0;
  const block = <usize>(entry & ~FIB_BRANCH);
  const deeper = block + ((<usize>load<u8>(at)) << 2);
  const merged = length > end ? mergeBelow(deeper, at + 1, end + BLOCK_BITS, length) : 0;
  const leaf = load<u32>(block);
  if (leaf & FIB_BRANCH || leaf >> FIB_DEPTH_SHIFT > end) return merged;
  for (let i: u32 = 1; i < 256; i++) if (load<u32>(block + (i << 2)) != leaf) return merged;
  atomic.store<u32>(slot, leaf);
  retireBlock(block, BLOCK_BYTES);
  return merged + 1;
}

function retireBranches(block: usize, entries: u32): void {
  for (let i: u32 = 0; i < entries; i++) {
    const entry = load<u32>(block + (i << 2));
    if (!(entry & FIB_BRANCH)) continue;
    const next = <usize>(entry & ~FIB_BRANCH);
    retireBranches(next, 256);
    retireBlock(next, BLOCK_BYTES);
  }
}
