import { NAT_STATIC } from '../../../engine/datapath/regions';
import { STATIC_SLOTS } from '../layout';
import { SIDE_INSIDE } from './flow';

/**
 * An address that another one stands for on an interface, in a hash set with open addressing: 16 bytes. The control thread
 * is the only writer; it empties a key before it changes what belongs to it.
 *
 *   0 address │ 4 iface │ 6 side │ 7 STATIC_… state │ 8 the other address │ 12 change
 */
@unmanaged
export class StaticAddress {
  key: u64;
  replaceRaw: u32;
  /** What the other address in this one's place adds to sums over it, folded to 16 bits. */
  change: u32;
}

/** Nothing was ever here: the search ends. What is dead has been here: it goes on. */
export const STATIC_DEAD: u64 = (2 as u64) << 56;
const LIVE: u64 = (1 as u64) << 56;
/** Longest search: a set that would need a longer one counts as full. */
export const STATIC_SEARCH: u32 = 64;
const SPREAD: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;

/**
 * The key of an address: of a station inside (SIDE_INSIDE), or of one by which it is known outside.
 * @places NAT_STATIC @inline
 */
export function staticKey(iface: u32, side: u32, addressRaw: u32): u64 {
  return LIVE | ((<u64>side) << 48) | ((<u64>iface) << 32) | addressRaw;
}

/** The place of a number in a key's search. @places NAT_STATIC @inline */
export function staticAt(key: u64, number: u32): StaticAddress {
  const half = key * SPREAD;
  const first = <u32>(((half ^ (half >> 32)) * SPREAD) >> 32); // once would lay addresses in a row on each other
  return changetype<StaticAddress>(NAT_STATIC + ((<usize>((first + number) & (STATIC_SLOTS - 1))) << 4));
}

/** What stands for an address of a station inside on an interface; zero for nothing. */
export function staticOutside(iface: u32, insideRaw: u32): u32 {
  return findStatic(staticKey(iface, SIDE_INSIDE, insideRaw));
}

/** The station that an address stands for on an interface; zero for none. */
export function staticInside(iface: u32, outsideRaw: u32): u32 {
  return findStatic(staticKey(iface, 1, outsideRaw));
}

/**
 * The same as either in the low half, and its change in the upper one, where it lies at the first place of its search;
 * zero where it does not, or is none. @inline
 */
export function staticAtOnce(iface: u32, side: u32, addressRaw: u32): u64 {
  const key = staticKey(iface, side, addressRaw);
  const place = changetype<usize>(staticAt(key, 0));
  if (atomic.load<u64>(place) != key) return 0;
  const found = load<u64>(place, offsetof<StaticAddress>('replaceRaw'));
  return atomic.load<u64>(place) == key ? found : 0;
}

function findStatic(key: u64): u32 {
  for (let i: u32 = 0; i < STATIC_SEARCH; i++) {
    const place = staticAt(key, i);
    const found = atomic.load<u64>(changetype<usize>(place));
    if (!found) return 0;
    if (found != key) continue;
    const replaceRaw = place.replaceRaw;
    if (atomic.load<u64>(changetype<usize>(place)) == key) return replaceRaw;
  }
  return 0;
}
