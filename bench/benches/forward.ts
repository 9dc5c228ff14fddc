import type { Bench, Goal, Result, Settings } from '../bench.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import type { Peer } from '../peer.ts';
import { grout, groutHugepages } from '../peers/grout.ts';
import { l3fwd } from '../peers/l3fwd.ts';
import { millrace } from '../peers/millrace.ts';
import { ovsDpdk } from '../peers/ovs-dpdk.ts';
import { testpmd } from '../peers/testpmd.ts';
import { readyPeers } from '../ready-peers.ts';
import { Turns } from '../turns.ts';
import { fewIpv4Routes, fewIpv6Routes, manyIpv4Routes, mixedTraffic, type Workload } from '../workload.ts';

/** IPv4 packets of 60 bytes on one core; 256 routes, or as many as asked for. */
export const forward: Bench = {
  name: 'forward',
  about: 'IPv4, 60-byte UDP, one core',
  run: (settings) =>
    settings.routes === undefined ? forwardFew(settings) : forwardMany(settings, settings.routes),
};

/** The same with a table of the Internet's size. */
export const forwardMillion: Bench = {
  name: 'forward-1m',
  about: 'IPv4, 60-byte UDP, one core, 1,000,000 routes',
  run: (settings) => forwardMany(settings, settings.routes ?? 1_000_000),
};

/** IPv6 packets of 62 bytes on one core, 256 routes. */
export const forward6: Bench = {
  name: 'forward6',
  about: 'IPv6, 62-byte UDP, one core',
  run: (settings) =>
    compare(settings, {
      bench: 'forward6',
      about: 'IPv6, 62-byte UDP, one core, 256 routes /64',
      workload: fewIpv6Routes(),
      peers: [millrace, l3fwd, testpmd, grout, groutHugepages, ovsDpdk],
      goals: [{ ratioTo: 'grout', atLeast: 2 }],
    }),
};

/** Packets of all sizes and both families. */
export const forwardMix: Bench = {
  name: 'forward-mix',
  about: 'IPv4 and IPv6 in turn, 60 to 1514 bytes (7:4:1), 10,000 flows, one core',
  run: (settings) =>
    compare(settings, {
      bench: 'forward-mix',
      about: 'IPv4 and IPv6 in turn, 60, 590 and 1514 bytes as 7:4:1, 10,000 flows, one core, 512 routes',
      workload: mixedTraffic(),
      peers: [millrace, l3fwd, testpmd, grout, groutHugepages, ovsDpdk],
      goals: [],
    }),
};

function forwardFew(settings: Settings): Promise<readonly Result[]> {
  return compare(settings, {
    bench: 'forward',
    about: 'IPv4, 60-byte UDP, one core, 256 routes /24',
    workload: fewIpv4Routes(),
    peers: [millrace, l3fwd, testpmd, grout, groutHugepages, ovsDpdk],
    goals: [
      { ratioTo: 'l3fwd', atLeast: 0.6 },
      { ratioTo: 'grout', atLeast: 2 },
      { ratioTo: 'ovs-dpdk', atLeast: 3 },
    ],
  });
}

// l3fwd is not asked: the rule table of its library is searched linearly and would take hours to fill.
function forwardMany(settings: Settings, routes: number): Promise<readonly Result[]> {
  return compare(settings, {
    bench: `forward-${routes}`,
    about: `IPv4, 60-byte UDP, one core, ${routes.toLocaleString('en')} routes /16 to /24`,
    workload: manyIpv4Routes(routes),
    peers: [millrace, grout, groutHugepages],
    startOnce: true,
    goals: [{ ratioTo: 'grout', atLeast: 2 }],
  });
}

interface Comparison {
  readonly bench: string;
  readonly about: string;
  readonly workload: Workload;
  readonly peers: readonly Peer[];
  readonly goals: readonly Goal[];
  /** Starts each program once and stops it between its turns, because filling its table takes long. */
  readonly startOnce?: boolean;
}

const unit = 'Mpps';
const hugepages = 1024;

async function compare(settings: Settings, comparison: Comparison): Promise<readonly Result[]> {
  const { bench, about, goals, workload } = comparison;
  reserveHugepages(hugepages * (comparison.startOnce ? 2 : 1), settings.log);
  const { ready, skipped } = await readyPeers(comparison.peers, settings);
  await using turns = new Turns({ workload, settings, startOnce: comparison.startOnce ?? false });
  const contenders = ready.map((peer) => ({ name: peer.name, measure: () => turns.measure(peer) }));
  const measured = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  const all = { runs: measured.runs, skipped: { ...skipped, ...measured.skipped } };
  return [{ bench, about, unit, better: 'higher', goals, note: perCore, ...all }];
}

const perCore = "Packets in a second of the forwarding thread's CPU time.";
