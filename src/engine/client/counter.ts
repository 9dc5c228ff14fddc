/** Reads a 64-bit counter, which JSON carries as text. */
export function counter(text: string | undefined): bigint {
  return BigInt(text ?? 0);
}

/** Gives a fraction of two counters with a given number of decimals; 0 when there is nothing to divide by. */
export function ratio(dividend: bigint, divisor: bigint, decimals: number): number {
  if (divisor === 0n) return 0;
  return Number((Number(dividend) / Number(divisor)).toFixed(decimals));
}
