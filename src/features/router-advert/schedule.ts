/** When an interface's next advertisement is due, on one clock in milliseconds (RFC 4861 6.2). */
export interface Schedule {
  readonly dueMs: number;
  readonly sentMs: number;
  /** Advertisements that still come sooner, so that hosts learn fast. */
  readonly eager: number;
}

/** Begins to announce: at once, and soon again. */
export function begin(nowMs: number): Schedule {
  return { dueMs: nowMs, sentMs: Number.NEGATIVE_INFINITY, eager: INITIAL_COUNT };
}

/** After an advertisement: the next one, at a random time so that routers do not come to speak in step. */
export function sent(schedule: Schedule, nowMs: number, intervalS: number, random: number): Schedule {
  const most = intervalS * 1000;
  const least = intervalS >= SHORTEST_SPREAD_S ? most * 0.33 : most * 0.75;
  const waitMs = least + (most - least) * random;
  const eager = Math.max(0, schedule.eager - 1);
  return { dueMs: nowMs + (eager > 0 ? Math.min(waitMs, INITIAL_MS) : waitMs), sentMs: nowMs, eager };
}

/** Somebody asks: everybody is answered a moment later, but not too often (RFC 4861 6.2.6). */
export function solicited(schedule: Schedule, nowMs: number, random: number): Schedule {
  return { ...schedule, dueMs: Math.min(schedule.dueMs, soon(schedule, nowMs + random * ANSWER_MS)) };
}

/** What is announced has changed: hosts are told soon, and more than once (RFC 4861 6.2.4). */
export function renewed(schedule: Schedule, nowMs: number): Schedule {
  return { ...schedule, eager: INITIAL_COUNT, dueMs: Math.min(schedule.dueMs, soon(schedule, nowMs)) };
}

/** MAX_INITIAL_RTR_ADVERTISEMENTS and their interval, MAX_RA_DELAY_TIME, MIN_DELAY_BETWEEN_RAS (RFC 4861 10). */
const INITIAL_COUNT = 3;
const INITIAL_MS = 16_000;
const ANSWER_MS = 500;
const APART_MS = 3000;
/** From this interval on the least one is a third of it (RFC 4861 6.2.1). */
const SHORTEST_SPREAD_S = 9;

function soon({ sentMs }: Schedule, wantedMs: number): number {
  return Math.max(wantedMs, sentMs + APART_MS);
}
