import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of every 10 ms, what all applications of a lab together may have of a CPU: they never sleep. */
const [periodUs, quotaUs] = [10_000, 6_000];

/** Makes the control group of a lab's applications, of either version, where the host lets us. */
export function makeShare(lab: string): void {
  const group = groupOf(lab);
  if (group === undefined) return;
  mkdirSync(group.directory, { recursive: true });
  try {
    for (const [file, value] of group.settings) writeFileSync(join(group.directory, file), value);
  } catch {
    removeShare(lab); // its controller is not given to us: one CPU is the limit
  }
}

/** The words of shell with which a program enters it. */
export function enterShare(lab: string): string {
  const { directory = '' } = groupOf(lab) ?? {};
  return existsSync(directory) ? `echo $$ > ${join(directory, 'cgroup.procs')};` : '';
}

/** Removes it, when nobody is in it any more. */
export function removeShare(lab: string): void {
  const { directory = '' } = groupOf(lab) ?? {};
  if (existsSync(directory)) rmdirSync(directory);
}

function groupOf(lab: string) {
  const name = `millrace-lab-${lab}`;
  if (existsSync('/sys/fs/cgroup/cpu/cpu.cfs_quota_us'))
    return {
      directory: join('/sys/fs/cgroup/cpu', name),
      settings: [
        ['cpu.cfs_period_us', String(periodUs)],
        ['cpu.cfs_quota_us', String(quotaUs)],
      ] as const,
    };
  if (existsSync('/sys/fs/cgroup/cgroup.controllers'))
    return {
      directory: join('/sys/fs/cgroup', name),
      settings: [['cpu.max', `${quotaUs} ${periodUs}`]] as const,
    };
  return undefined;
}
