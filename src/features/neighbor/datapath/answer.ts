import { ANSWERS } from '../../../engine/datapath/regions';
import { ANSWER_SLOTS } from '../layout';

/**
 * An address that ARP and ND answer for on one interface: 32 bytes, a place in a hash set with open addressing.
 *
 *   0 version·state │ 4 iface family │ 8 address (IPv4: its first 4 bytes, network order) │ 24 spare
 *
 * The control thread is the only writer. It makes a place dead before it changes its key and gives it a new
 * version with every change, so that a reader that finds the same word before and after has read one key.
 */
@unmanaged
export class Answer {
  /** The lowest two bits are ANSWER_EMPTY, ANSWER_LIVE or ANSWER_DEAD; the others count changes. */
  word: u32;
  iface: u16;
  family: u16;
  addressLow: u64;
  addressHigh: u64;
  spare: u64;
}

/** Nothing was ever stored here: the search ends. */
export const ANSWER_EMPTY: u32 = 0;
export const ANSWER_LIVE: u32 = 1;
/** What was stored here is gone: the search goes on. */
export const ANSWER_DEAD: u32 = 2;
export const ANSWER_STATE: u32 = 3;

/** 2^64 divided by the golden ratio: spreads near keys far apart. */
const SPREAD: u64 = (0x9e3779b9 << 32) | 0x7f4a7c15;

/** Longest search: a set that would need a longer one counts as full. */
export const LONGEST_SEARCH: u32 = 64;

/** Tells whether we answer for an address on an interface. */
export function answersFor(iface: u16, family: u16, low: u64, high: u64): bool {
  const first = placeOf(iface, family, low, high);
  for (let i: u32 = 0; i < LONGEST_SEARCH; i++) {
    const answer = answerAt(first + i);
    const word = atomic.load<u32>(changetype<usize>(answer));
    if ((word & ANSWER_STATE) == ANSWER_EMPTY) return false;
    if ((word & ANSWER_STATE) != ANSWER_LIVE || !holds(answer, iface, family, low, high)) continue;
    if (atomic.load<u32>(changetype<usize>(answer)) == word) return true;
  }
  return false;
}

/** Tells whether a place has this key. */
export function holds(answer: Answer, iface: u16, family: u16, low: u64, high: u64): bool {
  return (
    answer.addressLow == low && answer.addressHigh == high && answer.iface == iface && answer.family == family
  );
}

/** The place at a number, which wraps around at the table's end. @inline */
export function answerAt(place: u32): Answer {
  return changetype<Answer>(ANSWERS + ((<usize>(place & (ANSWER_SLOTS - 1))) << 5));
}

/** Where the search for a key begins: a multiplicative hash of all its bits. @places ANSWERS */
export function placeOf(iface: u16, family: u16, low: u64, high: u64): u32 {
  let hash = (low ^ (((<u64>iface) << 16) | family)) * SPREAD;
  hash = (rotl(hash, 32) ^ high) * SPREAD;
  return <u32>(hash >> 40);
}
