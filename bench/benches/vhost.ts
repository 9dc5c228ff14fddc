import type { Bench, Result, Settings } from '../bench.ts';
import { BenchError } from '../bench-error.ts';
import { Generator, type Passage } from '../generator/generator.ts';
import { interleave, interleaveMany } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { groutVhost } from '../peers/grout.ts';
import { millraceVhost } from '../peers/millrace.ts';
import { ovsDpdk } from '../peers/ovs-dpdk.ts';
import { testpmd } from '../peers/testpmd.ts';
import { readyPeers } from '../ready-peers.ts';
import { buildGenerator } from '../setup/generator.ts';
import { median } from '../statistics.ts';
import { type ThreadShare, tellWhenShared, watchBusiest } from '../thread-time.ts';
import { type VhostSwitch, vhostFrames } from '../vhost-switch.ts';
import { fewIpv4Routes } from '../workload.ts';
import { Workspace } from '../workspace.ts';

/** Packets from one vhost-user end of a DPDK application to the other, as fast as they go. */
export const vhost: Bench = {
  name: 'vhost',
  about: 'DPDK application to DPDK application, both by vhost-user; IPv4, 60-byte UDP, one core',
  run: measureRate,
};

/** How long packets take from end to end while the router works at half of what it could. */
export const latency: Bench = {
  name: 'latency',
  about: 'time from DPDK application to DPDK application through a router at half of its rate',
  run: measureLatency,
};

const hugepages = 1536;
const warmUpSeconds = 0.5;
const attempts = 3;
const undisturbed = 0.95;
const switches = [millraceVhost, testpmd, ovsDpdk, groutVhost];

async function measureRate(settings: Settings): Promise<readonly Result[]> {
  const { ready, skipped } = await prepare(settings);
  const full = new Map<string, number>();
  const contenders = ready.map((each) => ({
    name: each.name,
    measure: async () => {
      const { passage, share } = await pass(each, { rate: 0, seconds: settings.seconds });
      tellWhenShared(share, settings.log);
      full.set(each.name, passage.full / passage.tries);
      return passage.received / passage.seconds / 1e6 / share;
    },
  }));
  const measured = await interleave({
    contenders,
    rounds: settings.runs,
    unit: 'Mpps',
    log: settings.log,
  });
  return [
    {
      bench: vhost.name,
      about: vhost.about,
      unit: 'Mpps',
      better: 'higher',
      goals: [{ ratioTo: ovsDpdk.name, atLeast: 1.2, must: 1 }],
      note: `Packets that came back, in a second of the forwarding thread's CPU time. The application sends out of one end and receives at the other on the other core; it found its ring full in ${fullShares(full)} of its bursts: near 100 %, the figure is the router's, and else the application's own.`,
      runs: measured.runs,
      skipped: { ...skipped, ...measured.skipped },
    },
  ];
}

async function measureLatency(settings: Settings): Promise<readonly Result[]> {
  const { ready, skipped } = await prepare(settings);
  const { passage: most } = await pass(millraceVhost, { rate: 0, seconds: 2 });
  const rate = Math.round(most.received / most.seconds / 2);
  const excluded: number[] = [];
  const units = { median: 'µs', p99: 'µs', 'p99.9': 'µs', lost: '%' } as const;
  const contenders = ready.map((each) => ({
    name: each.name,
    measure: async () => {
      const passage = await passUndisturbed(each, { rate, seconds: settings.seconds });
      excluded.push(passage.excluded / passage.received);
      return figuresOf(passage);
    },
  }));
  const measured = await interleaveMany({ contenders, rounds: settings.runs, units, log: settings.log });
  const leftOut = excluded.length === 0 ? '?' : (median(excluded) * 100).toFixed(1);
  const note = `${(rate / 1e6).toFixed(2)} million packets a second for all, half of what Millrace can. One thread sends, stamps and receives; packets that were on their way while this thread itself was not running (${leftOut} %) are left out.`;
  const row = (figure: 'median' | 'p99' | 'p99.9' | 'lost', about: string): Result => ({
    bench: `latency-${figure}`,
    about,
    unit: units[figure],
    better: 'lower',
    note,
    runs: measured[figure].runs,
    skipped: { ...skipped, ...measured[figure].skipped },
    ...(figure === 'p99.9' && { goals: [{ ratioTo: testpmd.name, atMost: 3, must: 'reported' }] }),
  });
  return [
    row('median', 'Median of the time from end to end at half load'),
    row('p99', 'Time from end to end that 99 of 100 packets keep, at half load'),
    row('p99.9', 'Time from end to end that 999 of 1000 packets keep, at half load'),
    row('lost', 'Packets that did not come back at half load'),
  ];
}

async function prepare(settings: Settings) {
  reserveHugepages(hugepages, settings.log);
  await buildGenerator(settings.log);
  return readyPeers(switches, settings);
}

interface Load {
  /** Packets a second; 0 is as fast as possible. */
  readonly rate: number;
  readonly seconds: number;
}

/** Sends through a switch, and tells what share of the time its forwarding thread had a core. */
async function pass(
  vhostSwitch: VhostSwitch,
  { rate, seconds }: Load,
): Promise<ThreadShare & { readonly passage: Passage }> {
  using workspace = new Workspace();
  const workload = fewIpv4Routes();
  await using generator = await Generator.start(workspace.path, vhostFrames(workload));
  await using attached = await vhostSwitch.attach({
    directory: workspace.path,
    sockets: generator.sockets,
    workload,
  });
  await generator.flowing();
  await generator.measure({ rate, seconds: warmUpSeconds });
  const watch = watchBusiest(attached.pid);
  const passage = await generator.measure({ rate, seconds });
  return { passage, ...watch() };
}

// While others have the forwarding thread's core, packets wait for them and not for the router.
async function passUndisturbed(vhostSwitch: VhostSwitch, load: Load): Promise<Passage> {
  let least = 1;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { passage, share } = await pass(vhostSwitch, load);
    if (share >= undisturbed) return passage;
    least = Math.min(least, share);
  }
  const got = `${Math.round(least * 100)} % of one in the worst of ${attempts} attempts`;
  throw new BenchError(
    'BENCH_BUSY',
    `expected a core for the forwarding thread, it had ${got}: the machine is busy`,
  );
}

function figuresOf(passage: Passage) {
  const { offered, received, medianNs, p99Ns, p999Ns } = passage;
  return {
    median: medianNs / 1000,
    p99: p99Ns / 1000,
    'p99.9': p999Ns / 1000,
    lost: (1 - received / offered) * 100,
  };
}

function fullShares(shares: ReadonlyMap<string, number>): string {
  return [...shares].map(([name, share]) => `${Math.round(share * 100)} % (${name})`).join(', ');
}
