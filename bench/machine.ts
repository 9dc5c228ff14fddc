import { cpus, loadavg, release, totalmem } from 'node:os';
import { run } from './run.ts';

/** Where and when figures were taken. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly dpdk: string;
  readonly node: string;
  /** The commit, with "+" when the tree had other changes. */
  readonly commit: string;
  readonly date: string;
  /** The mean number of others' running programs in the minute before. */
  readonly load: number;
}

/** Describes this machine, this clone and this moment. */
export async function describeMachine(): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    dpdk: await answer(['pkg-config', '--modversion', 'libdpdk']),
    node: process.versions.node,
    commit: await commit(),
    date: new Date().toISOString(),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

/** Says it in one sentence. */
export function machineSentence(machine: Machine): string {
  const { cpu, cores, memoryGiB, kernel, dpdk, node } = machine;
  return `${cpu}, ${cores} cores, ${memoryGiB} GiB, Linux ${kernel}, DPDK ${dpdk}, Node.js ${node}`;
}

// What this command writes itself is no change.
const written = [':(top,exclude)docs/benchmarks.md', ':(top,exclude)docs/benchmarks.json'];

async function commit(): Promise<string> {
  const git = ['git', '-C', import.meta.dirname] as const;
  const id = await answer([...git, 'rev-parse', '--short=12', 'HEAD']);
  const changes = await answer([...git, 'status', '--porcelain', '--', ':/', ...written]);
  return changes === '' || changes === 'unknown' ? id : `${id}+`;
}

async function answer(command: readonly [string, ...string[]]): Promise<string> {
  return (await run(command).catch(() => 'unknown')).trim();
}
