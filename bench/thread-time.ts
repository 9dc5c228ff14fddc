import { readdirSync, readFileSync } from 'node:fs';
import type { Log } from './peer.ts';

/** The CPU time that each thread of a process has had so far, in nanoseconds, by thread id. */
export function threadTimes(pid: number): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const time = timeOf(`/proc/${pid}/task/${thread}/schedstat`);
    if (time !== undefined) times.set(thread, time);
  }
  return times;
}

/** What part of a time the busiest threads of a process had a core, on average. */
export interface ThreadShare {
  readonly share: number;
}

/** Looks at a process's threads now; the function returned looks again, at so many of the busiest. */
export function watchBusiest(pid: number, threads = 1): () => ThreadShare {
  const startMs = performance.now();
  const before = threadTimes(pid);
  return () => {
    const times = differencesOf(before, threadTimes(pid)).toSorted((left, right) => right - left);
    const used = times.slice(0, threads).reduce((sum, time) => sum + time, 0);
    return { share: used / threads / 1e6 / (performance.now() - startMs) };
  };
}

/** Says so when a polling thread had less than a whole core. */
export function tellWhenShared(share: number, log: Log): void {
  if (share < wholeCore)
    log(`the core was shared: a forwarding thread had ${Math.round(share * 100)} % of it`);
}

const wholeCore = 0.97;

/** What the busiest thread and all threads together had between two readings, in nanoseconds. */
export function timeBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): { readonly busiest: number; readonly total: number } {
  const differences = differencesOf(before, after);
  return { busiest: Math.max(0, ...differences), total: differences.reduce((sum, time) => sum + time, 0) };
}

function differencesOf(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly number[] {
  return [...after].map(([thread, time]) => time - (before.get(thread) ?? 0));
}

// A thread may end between the listing and the reading.
function timeOf(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8').split(' ', 1)[0]);
  } catch {
    return undefined;
  }
}
