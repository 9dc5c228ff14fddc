import { FDB_HOMES } from '../layout';
import { BLOCKS_BYTES, blockOf, blocksOf, fdbState, HOME_BYTES, NO_BLOCK, productOf } from './fdb';

// The control thread's side of where blocks of stations lie: those whose addresses differ in their last two bytes alone,
// in one bridge and VLAN. The first blocks have a home, which is free again with the last station in it.

/** Counts a station that comes; the first one gives its block a home if there is one left. */
export function enterBlock(key: u64, vlan: u64): void {
  const block = blockOf(key, vlan);
  const blocks = blocksOf(productOf(block));
  if (blocks.stations++) return;
  const state = fdbState();
  const home = ctz(~state.homesTaken);
  if (home >= FDB_HOMES) return;
  state.homesTaken |= 1 << home;
  blocks.home = home * <u32>HOME_BYTES;
  blocks.resident = block;
}

/** Counts a station that goes, or that has come and found no place. */
export function leaveBlock(key: u64, vlan: u64): void {
  const blocks = blocksOf(productOf(blockOf(key, vlan)));
  if (--blocks.stations || blocks.resident == NO_BLOCK) return;
  blocks.resident = NO_BLOCK;
  fdbState().homesTaken &= ~(1 << (blocks.home / <u32>HOME_BYTES));
}

/** Begins with no station, and so with no blocks. */
export function forgetBlocks(): void {
  fdbState().homesTaken = 0;
  memory.fill(changetype<usize>(blocksOf(0)), 0, BLOCKS_BYTES);
}
