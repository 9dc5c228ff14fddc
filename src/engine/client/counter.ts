/** Reads a 64-bit counter, which JSON carries as text. */
export function counter(text: string | undefined): bigint {
  return BigInt(text ?? 0);
}

/** How much of what may be used is in use, in percent with one decimal. */
export function percent(used = 0, max = 0): number {
  return max === 0 ? 0 : Number(((100 * used) / max).toFixed(1));
}

/** Gives a fraction of two counters with a given number of decimals; 0 when there is nothing to divide by. */
export function ratio(dividend: bigint, divisor: bigint, decimals: number): number {
  if (divisor === 0n) return 0;
  return Number((Number(dividend) / Number(divisor)).toFixed(decimals));
}
