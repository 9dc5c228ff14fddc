/** Returns the middle of the values, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Returns the value below which the share (0 to 1) of the values lies, interpolated between neighbours. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('expected at least one value, got none, taking a percentile');
  const sorted = values.toSorted((left, right) => left - right);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** Rounds to so many significant digits, as tables and JSON show it. */
export function significant(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}
