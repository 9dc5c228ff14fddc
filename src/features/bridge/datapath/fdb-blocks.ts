import { BLOCKS_APART, BLOCKS_BYTES, blockHash, blocksOf, fdbState, ONE_LINE } from './fdb';

// The control thread's side of where blocks of stations lie: those whose addresses differ in their last two bytes alone,
// in one bridge and VLAN. As rows of a block are BLOCKS_APART lines apart, as many blocks that are moved to the same place
// but for a line each never meet. The first blocks have these ways; a way is free again with the last station in it.

/** Counts a station that comes; the first one of blocks says where they lie. */
export function enterBlock(key: u64, vlan: u64): void {
  const hash = blockHash(key, vlan);
  const blocks = blocksOf(hash);
  if (blocks.stations++) return;
  const state = fdbState();
  const way = ctz(~state.waysTaken);
  if (way >= BLOCKS_APART) {
    blocks.move = 0;
    return;
  }
  state.waysTaken |= 1 << way;
  blocks.way = way + 1;
  blocks.move = state.lineMultiplier + <u64>way * ONE_LINE - hash;
}

/** Counts a station that goes, or that has come and found no place. */
export function leaveBlock(key: u64, vlan: u64): void {
  const blocks = blocksOf(blockHash(key, vlan));
  if (--blocks.stations || !blocks.way) return;
  fdbState().waysTaken &= ~(1 << (blocks.way - 1));
  blocks.way = 0;
}

/** Begins with no station, and so with no blocks. */
export function forgetBlocks(): void {
  const state = fdbState();
  state.waysTaken = 0;
  memory.fill(changetype<usize>(blocksOf(0)), 0, BLOCKS_BYTES);
}
