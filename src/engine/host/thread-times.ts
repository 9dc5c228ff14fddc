import { readFileSync } from 'node:fs';

/** What a thread of this process has done and suffered since its start, as proc(5) has it. */
export interface ThreadTimes {
  /** Milliseconds on a CPU, and milliseconds in which it was ready and waited for one. */
  readonly ranMs: number;
  readonly waitedMs: number;
  /** It is ready, or runs: a wait for its CPU that has not ended is not in `waitedMs` yet. */
  readonly isReady: boolean;
  /** Times that it had to wait for a page to be read from disk. */
  readonly pagesRead: number;
}

/** Reads the times of a thread; all zero where the kernel does not say. */
export function threadTimes(thread: number): ThreadTimes {
  try {
    const [ranNs = '0', waitedNs = '0'] = readTask(thread, 'schedstat').split(' ');
    const [, fields = ''] = readTask(thread, 'stat').split(') ');
    const [state, , , , , , , , , pagesRead = 0] = fields.split(' ');
    const times = { ranMs: Number(ranNs) / 1e6, waitedMs: Number(waitedNs) / 1e6 };
    return { ...times, isReady: state === 'R', pagesRead: Number(pagesRead) };
  } catch {
    return { ranMs: 0, waitedMs: 0, isReady: false, pagesRead: 0 };
  }
}

/** The function of the kernel that a thread sleeps in; undefined when it does not, or nobody may know. */
export function kernelPlace(thread: number): string | undefined {
  try {
    return /^[a-z_]\w*/i.exec(readTask(thread, 'wchan'))?.[0];
  } catch {
    return undefined;
  }
}

function readTask(thread: number, file: string): string {
  return readFileSync(`/proc/self/task/${thread}/${file}`, 'utf8');
}
