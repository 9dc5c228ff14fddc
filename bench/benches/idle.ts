import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Result, Settings } from '../bench.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { groutByDefault } from '../peers/grout.ts';
import { millraceByDefault } from '../peers/millrace.ts';
import { type Router, runLines, startRouter } from '../peers/router.ts';
import { addressLines } from '../peers/router-script.ts';
import { readyPeers } from '../ready-peers.ts';
import { threadTimes, timeBetween } from '../thread-time.ts';
import { Workspace } from '../workspace.ts';

/** What a router with two TAP ports uses while nothing happens. */
export const idle: Bench = {
  name: 'idle',
  about: 'CPU and memory of a router with two TAP ports and nothing to do, default mode',
  run,
};

const settleMs = 2000;
const leastSeconds = 10;
const hugepages = 1024;

async function run(settings: Settings): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  const { ready, skipped } = await readyPeers([millraceByDefault, groutByDefault], settings);
  const seconds = Math.max(leastSeconds, settings.seconds);
  const memory = new Map<string, number[]>();
  const contenders = ready.map((router) => ({
    name: router.name,
    measure: async () => {
      const usage = await idleUsage(router, seconds);
      memory.set(router.name, [...(memory.get(router.name) ?? []), usage.memoryMiB]);
      return usage.cpuPercent;
    },
  }));
  const cpu = await interleave({ contenders, rounds: settings.runs, unit: '% of a core', log: settings.log });
  const without = { ...skipped, ...cpu.skipped };
  const memoryRuns = Object.fromEntries([...memory].filter(([name]) => !(name in cpu.skipped)));
  return [
    {
      bench: 'idle',
      about: `CPU time of all threads of an idle router in its default mode, over ${seconds} s`,
      unit: '% of a core',
      better: 'lower',
      goals: [{ atMost: 2, must: 5 }],
      runs: cpu.runs,
      skipped: without,
    },
    {
      bench: 'idle-memory',
      about: 'Resident memory of an idle router, its packet memory apart',
      unit: 'MiB',
      better: 'lower',
      goals: [{ atMost: 250 }],
      note: 'VmRSS of /proc/PID/status; packet memory is in hugepages, which the kernel does not count in it.',
      runs: memoryRuns,
      skipped: without,
    },
  ];
}

async function idleUsage(
  router: Router,
  seconds: number,
): Promise<{ readonly cpuPercent: number; readonly memoryMiB: number }> {
  using workspace = new Workspace();
  await using instance = await startRouter(router, workspace.path);
  await runLines(instance, { lines: [...tapLines, ...addressLines], directory: workspace.path });
  await delay(settleMs);
  const { pid } = instance.program;
  const before = threadTimes(pid);
  const startMs = performance.now();
  await delay(seconds * 1000);
  const { total } = timeBetween(before, threadTimes(pid));
  return { cpuPercent: total / 1e4 / (performance.now() - startMs), memoryMiB: residentMiB(pid) };
}

const tapLines = [0, 1].map(
  (index) => `interface add port p${index} devargs net_tap${index},iface=x-p${index}`,
);

function residentMiB(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) / 1024;
}
