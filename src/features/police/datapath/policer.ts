import { POLICERS } from '../../../engine/datapath/regions';

/**
 * A rate limit of two rates and three colours (RFC 4115): 128 bytes, of which two are written by workers.
 *
 *   0 ┌ committed: full until │ excess: full until ┐ 16                    by all workers
 *  64 ┌ committed: cost, depth │ excess: cost, depth │ actions ┐           by the control thread
 *
 * A bucket of tokens is kept as one word: the time at which it will be full again, with which it says how many it holds at
 * any other time. So one atomic exchange takes tokens from it, whoever else does.
 */
@unmanaged
export class Policer {
  committedFullAt: u64;
  excessFullAt: u64;
  spare2: u64;
  spare3: u64;
  spare4: u64;
  spare5: u64;
  spare6: u64;
  spare7: u64;
  /** Time that a byte's tokens take to come, in 2⁻²⁴ ticks (64). */
  committedCost: u64;
  /** Time that an empty bucket takes to fill, in 2⁻⁸ ticks (72). */
  committedDepth: u64;
  excessCost: u64;
  excessDepth: u64;
  /** What becomes of each colour (96). */
  green: u32;
  yellow: u32;
  red: u32;
}

/** A rate limit by its number. */
export function policerAt(index: u32): Policer {
  return changetype<Policer>(POLICERS + ((<usize>index) << 7));
}
