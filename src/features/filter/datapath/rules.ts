import { FILTERS } from '../../../engine/datapath/regions';
import { FILTER_HEADER_BYTES, FILTER_LEAF, FILTER_TREES } from '../layout';
import { Key } from './key';

/**
 * A rule as packets are compared with it: 128 bytes.
 *
 *   0 ┌ destination (16) │ its mask (16) ┐ 32
 *  32 │ source (16)      │ its mask (16) │ 64
 *  64 │ lowest ports, protocol, DSCP (16) │ how far they go beyond (16) ┐ 96
 *  96 │ flags │ their mask │ rank │ place │ action │ rate limit │ …     ┘
 */
@unmanaged
export class Rule {
  destination: u64;
  destinationEnd: u64;
  destinationMask: u64;
  destinationMaskEnd: u64;
  source: u64;
  sourceEnd: u64;
  sourceMask: u64;
  sourceMaskEnd: u64;
  lowest: u64;
  lowestEnd: u64;
  beyond: u64;
  beyondEnd: u64;
  flags: u32;
  flagsMask: u32;
  /** Its place among the rules of its list, from zero on: the lowest that matches is met. */
  rank: u32;
  /** Where it is counted. */
  place: u32;
  action: u32;
  /** The rate limit that what it permits is held to, zero for none. */
  policer: u32;
}

/** Families of a list's trees. */
export const FAMILY_IP4: u32 = 0;
export const FAMILY_IP6: u32 = 1;

const TREES_BYTES: usize = FILTER_TREES * 8;

/** Where a list's rules lie, null for none. */
export function filterAt(list: u32): usize {
  return <usize>load<u32>(FILTERS + ((<usize>list) << 2));
}

/** The first rule of a list that matches a key of a family, or null. A tree whose rules all come later is left out. */
export function meet(list: usize, key: Key, family: u32): Rule | null {
  let met: Rule | null = null;
  let rank: u32 = 0xffffffff;
  let tree = list + (family ? TREES_BYTES : 0);
  for (const end = tree + TREES_BYTES; tree < end && load<u32>(tree, 4) < rank; tree += 8) {
    const rule = firstOf(list, load<u32>(tree), key);
    if (rule === null || rule.rank >= rank) continue;
    met = rule;
    rank = rule.rank;
  }
  return met;
}

/** The first rule of a tree that matches. Ways on are counted from the list's start; zero is nowhere. */
function firstOf(list: usize, root: u32, key: Key): Rule | null {
  let way = root;
  while (way >= FILTER_HEADER_BYTES && !(way & FILTER_LEAF)) way = wayOn(list + way, key);
  if (!way) return null;
  let at = list + (way & ~FILTER_LEAF);
  for (let offset = load<u32>(at); offset; offset = load<u32>(at)) {
    const rule = changetype<Rule>(list + offset);
    if (matches(rule, key)) return rule;
    at += 4;
  }
  return null;
}

/**
 * A node cuts one word of the key at up to seven bounds: the way on is that behind the bounds which the word passes.
 *
 *   0 ┌ where the word lies │ bound 1 … 7 ┐ 32 ┌ way 0 … 7 ┐ 64
 *
 * @inline
 */
function wayOn(node: usize, key: Key): u32 {
  const word = i32x4.splat(load<u32>(changetype<usize>(key) + load<u32>(node)));
  const low = v128.bitmask<u32>(v128.gt<u32>(word, v128.load(node)));
  const high = v128.bitmask<u32>(v128.gt<u32>(word, v128.load(node, 16)));
  const passed = popcnt((low & 14) | (high << 4));
  return load<u32>(node + (passed << 2), 32);
}

/** @inline */
function matches(rule: Rule, key: Key): bool {
  const at = changetype<usize>(rule);
  const keyAt = changetype<usize>(key);
  if ((key.flags ^ rule.flags) & rule.flagsMask) return false;
  const beyond = v128.sub<u32>(v128.load(keyAt, 32), v128.load(at, 64));
  let unlike = v128.gt<u32>(beyond, v128.load(at, 80));
  unlike = v128.or(unlike, v128.and(v128.xor(v128.load(keyAt), v128.load(at)), v128.load(at, 16)));
  unlike = v128.or(unlike, v128.and(v128.xor(v128.load(keyAt, 16), v128.load(at, 32)), v128.load(at, 48)));
  return !v128.any_true(unlike);
}
