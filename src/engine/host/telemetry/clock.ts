/** Tells when a worker's clock showed something. */
export interface Clock {
  /** Nanoseconds since 1970 at a reading of the workers' clock. */
  timeNs(ticks: bigint): bigint;
}

/** Makes a clock for a batch of readings: it goes back from now, so that the error grows with their age only. */
export function clockNow(ticksPerSecond: bigint, ticksNow: bigint, nowNs: bigint = wallClockNs()): Clock {
  return {
    timeNs: (ticks) =>
      ticksPerSecond === 0n ? nowNs : nowNs - ((ticksNow - ticks) * 1_000_000_000n) / ticksPerSecond,
  };
}

/** Gives the nanoseconds since 1970. */
export function wallClockNs(): bigint {
  const now = Date.now();
  const steady = performance.timeOrigin + performance.now();
  return BigInt(Math.round((Math.abs(now - steady) > LARGEST_DRIFT_MS ? now : steady) * 1000)) * 1000n;
}

/** The steady clock is finer, but does not follow when somebody sets the time. */
const LARGEST_DRIFT_MS = 5;
