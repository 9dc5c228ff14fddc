import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { packetPath } from '../src/programs/vrouter/packet-path.ts';
import { formatBurst } from './burst-file.ts';
import { Fuzzer } from './fuzzer.ts';
import { Machine } from './machine/machine.ts';
import { World } from './world.ts';

// One thread that fuzzes for a time: each has a machine, a seed and a corpus of its own.

/** What a job is given. */
export interface JobRequest {
  readonly seed: number;
  readonly seconds: number;
}

/** What a job has done, and found. */
export interface JobResult {
  readonly seed: number;
  readonly bursts: number;
  readonly packets: number;
  readonly seconds: number;
  /** Seconds in which its thread had a CPU. */
  readonly cpuSeconds: number;
  readonly corpus: number;
  readonly paths: number;
  /** Edges of the stages' own that some packet has taken, as "stage → node", and those that none has. */
  readonly reached: readonly string[];
  readonly missing: readonly string[];
  readonly found: undefined | { readonly message: string; readonly burst: string; readonly alone: boolean };
}

export const buildFolder = fileURLToPath(new URL('../build', import.meta.url));

/** Bursts between two looks at the clock. */
const BURSTS = 64;

/** Starts a job; resolves to what it has done. */
export async function startJob(request: JobRequest): Promise<JobResult> {
  const worker = new Worker(new URL(import.meta.url), { workerData: request });
  const [result] = (await once(worker, 'message')) as [JobResult];
  return result;
}

if (!isMainThread && parentPort) parentPort.postMessage(await runJob(workerData as JobRequest));

async function runJob({ seed, seconds }: JobRequest): Promise<JobResult> {
  const world = await World.open(packetPath, buildFolder);
  const machine = new Machine(world);
  const fuzzer = new Fuzzer(machine, seed);
  const started = performance.now();
  const startedCpu = process.threadCpuUsage();
  const end = started + seconds * 1000;
  let found = fuzzer.run(BURSTS);
  while (!found && performance.now() < end) found = fuzzer.run(BURSTS);
  const { user, system } = process.threadCpuUsage(startedCpu);
  const { nodes } = world.topology.bench.datapath.info.graph;
  const named = ({ stage, node }: { stage: number; node: number }) =>
    `${nodes[stage]?.name} → ${nodes[node]?.name}`;
  return {
    seed,
    bursts: fuzzer.bursts,
    packets: machine.packets,
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    corpus: fuzzer.corpusSize,
    paths: machine.coverage.pathCount,
    reached: machine.coverage.reached.map(named),
    missing: machine.coverage.missing.map(named),
    found: found && { message: found.finding.message, burst: formatBurst(found.burst), alone: found.alone },
  };
}
