import { FILTERS } from '../../../engine/datapath/regions';
import { FILTER_NODE, FILTER_NODE_BYTES, FILTER_NODE_WORD, FILTER_TREES } from '../layout';
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

/**
 * The first rule of a list that matches a key of a family, or null. Trees are searched two at a time, as each step waits
 * for memory and for the one before it; those whose rules all come later are left out.
 */
export function meet(list: usize, key: Key, family: u32): Rule | null {
  let met: Rule | null = null;
  let trees = list + (family ? TREES_BYTES : 0);
  for (const end = trees + TREES_BYTES; trees < end && load<u32>(trees, 4) < rankOf(met); trees += 16) {
    let left = load<u32>(trees);
    let right = load<u32>(trees, 8);
    while ((left | right) & FILTER_NODE) {
      left = wayOn(list, left, key);
      right = wayOn(list, right, key);
    }
    met = firstOf(list, left, key, met);
    if (load<u32>(trees, 12) < rankOf(met)) met = firstOf(list, right, key, met);
  }
  return met;
}

/** @inline */
function rankOf(rule: Rule | null): u32 {
  return rule === null ? 0xffffffff : rule.rank;
}

/** The first rule of a leaf that matches, where it comes before one that is met already. */
function firstOf(list: usize, leaf: u32, key: Key, met: Rule | null): Rule | null {
  if (!leaf) return met;
  for (let at = list + leaf; load<u32>(at); at += 4) {
    const rule = changetype<Rule>(list + load<u32>(at));
    if (rule.rank >= rankOf(met)) return met;
    if (matches(rule, key)) return rule;
  }
  return met;
}

/**
 * A node cuts one word of the key at up to seven bounds: the way on is that in front of the bounds which the word is
 * not beyond. A way to a node says where the node lies from the list's start, which word it cuts, and FILTER_NODE; other
 * ways lead to a list of rules, or nowhere. These are returned as they are, without a branch that nobody could foresee.
 *
 *   0 ┌ bound 0 … 7, of which one is the highest word ┐ 32 ┌ way in front of 1 … 8 bounds ┐ 64
 *
 * @inline
 */
function wayOn(list: usize, way: u32, key: Key): u32 {
  const node = list + (way & -FILTER_NODE_BYTES);
  const word = i32x4.splat(load<u32>(changetype<usize>(key) + (way & FILTER_NODE_WORD)));
  const low = v128.bitmask<u32>(v128.le<u32>(word, v128.load(node)));
  const high = v128.bitmask<u32>(v128.le<u32>(word, v128.load(node, 16)));
  const next = load<u32>(node + (popcnt(low | (high << 4)) << 2), 28);
  return way ^ ((way ^ next) & -(way & FILTER_NODE));
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
