import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../../api-error.ts';
import { findListener } from '../api/unix-socket-holder.ts';
import { LONGEST_END_MS } from './ending.ts';

/** The router that this one replaces. */
export interface Predecessor {
  readonly pid: number;
}

/** Finds the router that holds a socket. @throws ApiError EADDRINUSE when it is no router that holds it */
export function findPredecessor(socket: string): Predecessor | undefined {
  const holder = findListener(socket);
  if (!holder) return undefined;
  const { pid, command } = holder;
  if (commandLineOf(pid).some((word) => /(^|\/)vrouter(\.\w+)?$/.test(word))) return { pid };
  throw new ApiError('EADDRINUSE', {
    doing: `take over ${socket}`,
    expected: 'a vrouter that listens there, or nobody',
    received: `${command} (pid ${pid})`,
  });
}

/** Tells a router to end, and waits until nothing of it is left. @throws ApiError ETIMEDOUT, EPERM */
export async function endPredecessor({ pid }: Predecessor, longestMs = LONGEST_END_MS + 1000): Promise<void> {
  const doing = `take over from the router with pid ${pid}`;
  const lastMs = performance.now() + longestMs;
  tellToEnd(pid, doing);
  while (isRunning(pid)) {
    if (performance.now() > lastMs) {
      const expected = `its end within ${longestMs} ms`;
      throw new ApiError('ETIMEDOUT', { doing, expected, received: 'none' });
    }
    await delay(1);
  }
}

function tellToEnd(pid: number, doing: string): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (cause) {
    if (!isRunning(pid)) return;
    const expected = 'the right to send it a signal';
    throw new ApiError('EPERM', { doing, expected, received: String(cause) }, { cause });
  }
}

/** A process that has ended and that nobody has waited for holds nothing any more (proc_pid_stat(5), state Z). */
function isRunning(pid: number): boolean {
  const state = /\) (\w)/.exec(textOf(`/proc/${pid}/stat`))?.[1];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function commandLineOf(pid: number): readonly string[] {
  return textOf(`/proc/${pid}/cmdline`).split('\0');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
