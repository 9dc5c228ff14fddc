import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { BackgroundProcess } from './background.ts';

/** What a process of a lab, with all that it has started and what those have, takes of CPUs. */
export interface Busy {
  readonly name: string;
  /** One is a whole CPU. */
  readonly cpus: number;
}

/** Measures for some seconds what the processes of a lab take. */
export async function busyOf(
  processes: readonly BackgroundProcess[],
  seconds: number,
): Promise<readonly Busy[]> {
  const [started, before] = [performance.now(), cpuSeconds()];
  await delay(seconds * 1000);
  const [passed, after] = [(performance.now() - started) / 1000, cpuSeconds()];
  return processes.map(({ name, pid }) => ({ name, cpus: (after(pid) - before(pid)) / passed }));
}

/** The same for people. */
export function busyText(all: readonly Busy[]): string {
  const line = ({ name, cpus }: Busy) => `${cpus.toFixed(2).padStart(6)}  ${name}\n`;
  const total = all.reduce((sum, { cpus }) => sum + cpus, 0);
  return all.map(line).join('') + line({ name: 'CPUs in all', cpus: total });
}

/** What a process and its descendants, those too that have ended and were waited for, have had of CPUs until now. */
function cpuSeconds(): (pid: number) => number {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(readTimes);
  const children = Map.groupBy(all, ({ parent }) => parent);
  const times = new Map(all.map((each) => [each.pid, each.seconds]));
  const sum = (pid: number): number =>
    (children.get(pid) ?? []).reduce((total, child) => total + sum(child.pid), times.get(pid) ?? 0);
  return sum;
}

/** Nothing of one that has ended meanwhile. */
function readTimes(name: string) {
  try {
    const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const ticks = [UTIME, UTIME + 1, UTIME + 2, UTIME + 3].map((field) => Number(fields[field]));
    const seconds = ticks.reduce((total, each) => total + each, 0) / TICKS_PER_SECOND;
    return [{ pid: Number(name), parent: Number(fields[PPID]), seconds }];
  } catch {
    return [];
  }
}

/** Of proc_pid_stat(5), counted from what follows the name: utime, stime, cutime and cstime follow each other. */
const [PPID, UTIME] = [4 - 3, 14 - 3];
const TICKS_PER_SECOND = 100;
