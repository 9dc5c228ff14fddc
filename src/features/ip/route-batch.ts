import { numberOf } from './origins.ts';
import { type RouteBatch, recordBytes } from './route-tables.ts';

// Many routes in one call: what is wrong with it, what it changes for next hops, and what became of it.

/** What became of a batch. */
export interface BatchResult {
  readonly done: number;
  readonly replaced: number;
  /** Places in the batch of the routes that failed. */
  readonly failed: readonly number[];
}

/** What became of a batch that was to be removed. */
export interface BatchRemoval {
  readonly done: number;
  /** Places in the batch of the routes that were not there, and of those that were left alone. */
  readonly missing: readonly number[];
  readonly kept: readonly number[];
}

/** How many users each next hop gains or loses by a batch. Routes of neighbours to themselves do not count. */
export class NextHopUses {
  readonly byNextHop = new Map<number, number>();

  add(nextHop: number, origin: number, more: number): void {
    if (origin !== LEARN) this.byNextHop.set(nextHop, (this.byNextHop.get(nextHop) ?? 0) + more);
  }
}

/** Says where a batch's record is wrong; undefined when all are right. */
export function faultInBatch({
  family,
  records,
}: Pick<RouteBatch, 'family' | 'records'>): string | undefined {
  const size = recordBytes(family);
  if (records.length % size !== 0) return `records of ${size} bytes, and ${records.length} bytes came`;
  const bits = (size - 1) * 8;
  for (let at = 0; at < records.length; at += size) {
    const length = records[at + size - 1] ?? 0;
    if (length > bits) return `prefix lengths of 0 to ${bits}, and record ${at / size} has ${length}`;
    if (hasBitsBehind(records, at, length, bits))
      return `no bits behind the prefix, and record ${at / size} has some`;
  }
  return undefined;
}

function hasBitsBehind(records: Uint8Array, at: number, length: number, bits: number): boolean {
  const partial = at + (length >> 3);
  if (length < bits && ((records[partial] ?? 0) & (0xff >> (length & 7))) !== 0) return true;
  for (let i = (length >> 3) + 1; i < bits / 8; i++) if (records[at + i] !== 0) return true;
  return false;
}

const LEARN = numberOf('learn');
