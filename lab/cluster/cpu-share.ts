import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CpuShare } from '../containerd/container-pod.ts';

/** Of every 5 ms, what all applications of a lab together may have of a CPU: they never sleep. */
const [periodUs, quotaUs] = [5_000, 3_000];
/** The kernel gives no less. */
const leastUs = 1_000;

/** What each of so many applications may have where they are containers; undefined where the host sets no limits. */
export function shareOfEach(applications: number): CpuShare | undefined {
  if (groupOf('') === undefined) return undefined;
  return { periodUs, quotaUs: Math.max(leastUs, Math.floor(quotaUs / applications)) };
}

/** Makes the control group of applications beside their pods, of either version, where the host lets us. */
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
