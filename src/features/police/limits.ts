import { ApiError } from '../../engine/api-error.ts';
import type { Limit } from './limit.ts';

/** How a bucket is written: the time that a byte takes to come, in 2⁻²⁴ ticks, and the time it takes to fill, in 2⁻⁸. */
export interface Bucket {
  readonly cost: bigint;
  readonly depth: bigint;
}

/** Rates that the arithmetic of datapath/meter.ts holds: slower, a long packet's time would not fit in 64 bits. */
const SLOWEST = 8_000n;
const FASTEST = 1_000_000_000_000n;
/** The smallest burst lets the longest frame of an ordinary link pass. */
const SMALLEST_BURST = 1_518;
const LARGEST_BURST = 1_073_741_824;
const LONGEST_SECONDS = 600n;

/** @throws ApiError ERANGE, EINVAL */
export function checkLimit(doing: string, limit: Limit): void {
  checkRate(doing, 'cir', limit.committedRate);
  checkBurst(doing, { word: 'cbs', rate: limit.committedRate, burst: limit.committedBurst });
  if (limit.excessRate === 0n && limit.excessBurst === 0) return;
  checkRate(doing, 'eir', limit.excessRate);
  checkBurst(doing, { word: 'ebs', rate: limit.excessRate, burst: limit.excessBurst });
}

/** A bucket as packets meet it; one without a rate holds nothing. */
export function bucketOf(rate: bigint, burst: number, ticksPerSecond: bigint): Bucket {
  if (rate === 0n) return { cost: 1n << 24n, depth: 0n };
  return {
    cost: ((ticksPerSecond * 8n) << 24n) / rate,
    depth: ((ticksPerSecond * 8n * BigInt(burst)) << 8n) / rate,
  };
}

function checkRate(doing: string, word: string, rate: bigint): void {
  if (rate >= SLOWEST && rate <= FASTEST) return;
  const expected = `a ${word} of ${SLOWEST} to ${FASTEST} bits a second`;
  throw new ApiError('ERANGE', { doing, expected, received: String(rate) });
}

function checkBurst(
  doing: string,
  { word, rate, burst }: { readonly word: string; readonly rate: bigint; readonly burst: number },
): void {
  if (burst < SMALLEST_BURST || burst > LARGEST_BURST) {
    const expected = `a ${word} of ${SMALLEST_BURST} to ${LARGEST_BURST} bytes`;
    throw new ApiError('ERANGE', { doing, expected, received: String(burst) });
  }
  if (BigInt(burst) * 8n <= rate * LONGEST_SECONDS) return;
  const expected = `a ${word} that its rate fills in ${LONGEST_SECONDS} seconds`;
  throw new ApiError('ERANGE', { doing, expected, received: `${burst} bytes` });
}
