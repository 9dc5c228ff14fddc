import { readFileSync } from 'node:fs';

/**
 * Tells for how long a thread of this process has been ready to run and waited for a CPU, in milliseconds since its
 * start (the second number of /proc/PID/task/TID/schedstat, proc(5)); 0 where the kernel does not say.
 */
export function waitedForCpuMs(thread: number): number {
  try {
    const [, waitedNs = '0'] = readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ');
    return Number(waitedNs) / 1e6;
  } catch {
    return 0;
  }
}
