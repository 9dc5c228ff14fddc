import { takeBlock } from '../../../engine/datapath/arena';
import { FILTER_BINDINGS, FILTERS } from '../../../engine/datapath/regions';
import { retireBlock } from '../../../engine/datapath/retired';
import { FILTER_BYTES_AT } from '../layout';
import { keyOf } from './key';
import { filterAt, meet } from './rules';

// The control thread's side of the lists.

/** Makes room for a list's rules, to be filled before it is shown; null when there is no memory left. */
export function newFilterBlock(bytes: u32): usize {
  return takeBlock(bytes);
}

/** Puts a list's new rules (null: none) in the place of the old ones in one step, and retires these. */
export function showFilter(list: u32, block: usize): void {
  const slot = FILTERS + ((<usize>list) << 2);
  const old = <usize>load<u32>(slot);
  atomic.store<u32>(slot, <u32>block);
  if (old) retireBlock(old, load<u32>(old + FILTER_BYTES_AT));
}

/** Says which lists an interface has; zero is none. */
export function setFilterBinding(iface: u32, into: u32, out: u32): void {
  atomic.store<u32>(FILTER_BINDINGS + ((<usize>iface) << 2), into | (out << 16));
}

/** Sets a word of the control thread's own key, to ask `explainFilter` about. */
export function setFilterKey(word: u32, value: u32): void {
  store<u32>(changetype<usize>(keyOf()) + ((<usize>word) << 2), value);
}

/** The rank of the rule that the control thread's key meets in a list; 0xffffffff for none. */
export function explainFilter(list: u32, family: u32): u32 {
  const root = filterAt(list);
  const rule = root ? meet(root, keyOf(), family) : null;
  return rule === null ? 0xffffffff : rule.rank;
}
