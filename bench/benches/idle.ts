import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Result, Settings } from '../bench.ts';
import { interleaveMany } from '../harness.ts';
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
  const units = { cpu: '% of a core', memory: 'MiB' } as const;
  const contenders = ready.map((router) => ({
    name: router.name,
    measure: () => idleUsage(router, seconds),
  }));
  const measured = await interleaveMany({ contenders, rounds: settings.runs, units, log: settings.log });
  return [
    {
      bench: 'idle',
      about: `CPU time of all threads of an idle router in its default mode, over ${seconds} s`,
      unit: units.cpu,
      better: 'lower',
      goals: [{ atMost: 2, must: 5 }],
      runs: measured.cpu.runs,
      skipped: { ...skipped, ...measured.cpu.skipped },
    },
    {
      bench: 'idle-memory',
      about: 'Resident memory of an idle router, its packet memory apart',
      unit: units.memory,
      better: 'lower',
      goals: [{ atMost: 250 }],
      note: 'VmRSS of /proc/PID/status; packet memory is in hugepages, which the kernel does not count in it.',
      runs: measured.memory.runs,
      skipped: { ...skipped, ...measured.memory.skipped },
    },
  ];
}

async function idleUsage(
  router: Router,
  seconds: number,
): Promise<{ readonly cpu: number; readonly memory: number }> {
  using workspace = new Workspace();
  await using instance = await startRouter(router, workspace.path);
  await runLines(instance, { lines: [...tapLines, ...addressLines], directory: workspace.path });
  await delay(settleMs);
  const { pid } = instance.program;
  const before = threadTimes(pid);
  const startMs = performance.now();
  await delay(seconds * 1000);
  const { total } = timeBetween(before, threadTimes(pid));
  return { cpu: total / 1e4 / (performance.now() - startMs), memory: residentMiB(pid) };
}

const tapLines = [0, 1].map(
  (index) => `interface add port p${index} devargs net_tap${index},iface=x-p${index}`,
);

function residentMiB(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) / 1024;
}
