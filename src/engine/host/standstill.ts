import type { ThreadTimes } from './thread-times.ts';

/** For how long a worker has stood still, and what its thread has done meanwhile. */
export interface Standstill {
  readonly ms: number;
  /** Parts of that in which the thread ran, and in which it was ready and waited for its CPU. */
  readonly ranMs: number;
  readonly withoutCpuMs: number;
  /** Times that it had to wait for a page to be read from disk. */
  readonly pagesRead: number;
}

export function standstillOf(ms: number, before: ThreadTimes, now: ThreadTimes): Standstill {
  const ranMs = now.ranMs - before.ranMs;
  const withoutCpuMs = now.isReady ? ms - ranMs : now.waitedMs - before.waitedMs;
  return {
    ms: Math.round(ms),
    ranMs: Math.round(ranMs),
    withoutCpuMs: Math.round(withoutCpuMs),
    pagesRead: now.pagesRead - before.pagesRead,
  };
}

/** Says what keeps a worker, where it is not its own work: others on its CPU, or the kernel. */
export function causeOf(
  { ms, ranMs, withoutCpuMs, pagesRead }: Standstill,
  kernelPlace: string | undefined,
): string {
  if (withoutCpuMs > ms / 2) return ', and others use its CPU';
  if (ranMs > ms / 2) return '';
  const pages = pagesRead > 0 ? `, after ${pagesRead} pages read from disk` : '';
  return `, and sleeps in the kernel${kernelPlace ? ` (${kernelPlace})` : ''}${pages}`;
}
