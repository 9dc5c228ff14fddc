import { worker } from '../../../engine/datapath/instance';
import { Policer } from './policer';

/** Colours of packets: within the committed rate, within the excess rate, beyond both. */
export const GREEN: u32 = 0;
export const YELLOW: u32 = 1;
export const RED: u32 = 2;

/** Fractions of a tick that times are kept in. */
const FRACTION_BITS: u64 = 8;
/** Fractions of a tick that a byte's time is told in. */
const COST_BITS: u64 = 24;
/** What lies so far ahead lies behind: some twenty minutes, which no bucket takes to fill. */
const FAR: u64 = (1 as u64) << 50;

/** The colour of so many bytes that come now (RFC 4115 3, colour-blind), which takes their tokens. */
export function meter(policer: Policer, bytes: u32): u32 {
  const now = worker.clock << FRACTION_BITS;
  const at = changetype<usize>(policer);
  const committed = timeOf(bytes, policer.committedCost);
  if (takeTokens(at + offsetof<Policer>('committedFullAt'), now, committed, policer.committedDepth))
    return GREEN;
  const excess = timeOf(bytes, policer.excessCost);
  return takeTokens(at + offsetof<Policer>('excessFullAt'), now, excess, policer.excessDepth) ? YELLOW : RED;
}

/** The time in which the tokens of so many bytes come. @inline */
function timeOf(bytes: u32, cost: u64): u64 {
  return (<u64>bytes * cost) >> (COST_BITS - FRACTION_BITS);
}

/**
 * Takes tokens from a bucket that holds them: moves the time at which it is full by what they take to come, unless it
 * were then later than an empty bucket's.
 */
function takeTokens(bucket: usize, now: u64, time: u64, depth: u64): bool {
  let before = atomic.load<u64>(bucket);
  let after = moved(before, now, time);
  while (after - now <= depth) {
    const seen = atomic.cmpxchg<u64>(bucket, before, after);
    if (seen == before) return true;
    before = seen;
    after = moved(before, now, time);
  }
  return false;
}

/** When a bucket is full again once tokens of so much time are taken from it; one that was full before now is no fuller. @inline */
function moved(fullAt: u64, now: u64, time: u64): u64 {
  return (fullAt - now < FAR ? fullAt : now) + time;
}
