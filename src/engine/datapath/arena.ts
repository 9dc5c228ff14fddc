import {
  CONTROL_ARENA,
  CONTROL_ARENA_USED,
  CONTROL_LOOK_AHEAD,
  LOOK_AHEAD_ARENA,
  LOOK_AHEAD_FROM,
} from '../layout';
import { ARENA, ARENA_END } from './regions';

// The control thread's store of blocks that tables grow by. A block is a power of two long, from 64 bytes on;
// freed blocks of a size are kept in a list linked through their first word.

const SMALLEST: u32 = 6;

/** Takes a zeroed block of at least `bytes`; null (0) when the arena is full. */
export function takeBlock(bytes: u32): usize {
  const order = orderOf(bytes);
  const list = freeList(order);
  const block = <usize>load<u32>(list);
  if (!block) return carve(order);
  store<u32>(list, load<u32>(block));
  memory.fill(block, 0, 1 << order);
  countUsed(1 << order);
  return block;
}

/** Gives a block back at once: only for blocks that no worker has ever seen. Others go through `retire`. */
export function returnBlock(block: usize, bytes: u32): void {
  const order = orderOf(bytes);
  const list = freeList(order);
  store<u32>(block, load<u32>(list));
  store<u32>(list, <u32>block);
  countUsed(-(1 << order));
}

function carve(order: u32): usize {
  const next = <usize>load<u32>(CONTROL_ARENA) || ARENA;
  const start = (next + 63) & ~63;
  if (<u64>start + ((1 as u64) << order) > <u64>ARENA_END) return 0;
  store<u32>(CONTROL_ARENA, <u32>(start + (1 << order)));
  countUsed(1 << order);
  return start;
}

/** Counts bytes in use; where they have outgrown a core's own cache, workers read ahead. */
function countUsed(more: i32): void {
  const used = load<u32>(CONTROL_ARENA_USED) + more;
  store<u32>(CONTROL_ARENA_USED, used);
  setLookAhead(LOOK_AHEAD_ARENA, used > LOOK_AHEAD_FROM);
}

/** Says whether workers are to read ahead in one kind of table. */
export function setLookAhead(bit: u32, on: bool): void {
  const bits = load<u32>(CONTROL_LOOK_AHEAD);
  store<u32>(CONTROL_LOOK_AHEAD, on ? bits | bit : bits & ~bit);
}

function orderOf(bytes: u32): u32 {
  if (bytes <= 1 << SMALLEST) return SMALLEST;
  return 32 - clz(bytes - 1);
}

function freeList(order: u32): usize {
  return CONTROL_ARENA + 4 + (order << 2);
}
