import {
  ANSWER_DEAD,
  ANSWER_EMPTY,
  ANSWER_LIVE,
  ANSWER_STATE,
  Answer,
  answerAt,
  holds,
  LONGEST_SEARCH,
  placeOf,
} from './answer';

// The control thread's side of the set of addresses that ARP and ND answer for.

/** Answers for an address from now on; false when the set has no room where the address belongs. */
export function answerFor(iface: u32, family: u32, low: u64, high: u64): bool {
  const first = placeOf(<u16>iface, <u16>family, low, high);
  let free: Answer | null = null;
  for (let i: u32 = 0; i < LONGEST_SEARCH; i++) {
    const answer = answerAt(first + i);
    const state = answer.word & ANSWER_STATE;
    if (state == ANSWER_LIVE) {
      if (holds(answer, <u16>iface, <u16>family, low, high)) return true;
      continue;
    }
    if (free === null) free = answer;
    if (state == ANSWER_EMPTY) break;
  }
  if (free === null) return false;
  occupy(free, <u16>iface, <u16>family, low, high);
  return true;
}

/** Answers for an address no more; false when it was not answered for. */
export function stopAnswering(iface: u32, family: u32, low: u64, high: u64): bool {
  const first = placeOf(<u16>iface, <u16>family, low, high);
  for (let i: u32 = 0; i < LONGEST_SEARCH; i++) {
    const answer = answerAt(first + i);
    const state = answer.word & ANSWER_STATE;
    if (state == ANSWER_EMPTY) return false;
    if (state != ANSWER_LIVE || !holds(answer, <u16>iface, <u16>family, low, high)) continue;
    // Nobody searches past an empty place: a dead one in front of it need not be kept.
    const last = (answerAt(first + i + 1).word & ANSWER_STATE) == ANSWER_EMPTY;
    setState(answer, last ? ANSWER_EMPTY : ANSWER_DEAD);
    return true;
  }
  return false;
}

function occupy(answer: Answer, iface: u16, family: u16, low: u64, high: u64): void {
  setState(answer, ANSWER_DEAD);
  answer.iface = iface;
  answer.family = family;
  answer.addressLow = low;
  answer.addressHigh = high;
  setState(answer, ANSWER_LIVE);
}

function setState(answer: Answer, state: u32): void {
  atomic.store<u32>(changetype<usize>(answer), (answer.word & ~ANSWER_STATE) + 4 + state);
}
