/** Writes nanoseconds since 1970 as a time of day in UTC, to the nanosecond. */
export function timeText(nanoseconds: string | undefined): string {
  const time = BigInt(nanoseconds ?? 0);
  const second = new Date(Number(time / 1_000_000n)).toISOString().slice(11, 19);
  return `${second}.${String(time % 1_000_000_000n).padStart(9, '0')}`;
}
