import type { Bench, Goal, Result, Settings } from '../bench.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { grout, groutHugepages } from '../peers/grout.ts';
import { l3fwd } from '../peers/l3fwd.ts';
import { millrace } from '../peers/millrace.ts';
import { ovsDpdk } from '../peers/ovs-dpdk.ts';
import { testpmd } from '../peers/testpmd.ts';
import { readyPeers } from '../ready-peers.ts';
import { type Turn, Turns, turnsOf } from '../turns.ts';
import { fewIpv4Routes, fewIpv6Routes, manyIpv4Routes, mixedTraffic } from '../workload.ts';

/** IPv4 packets of 60 bytes on one core; 256 routes, or what `--routes` or `--mix` asks for. */
export const forward: Bench = {
  name: 'forward',
  about: 'IPv4, 60-byte UDP, one core',
  run: (settings) => {
    if (settings.mix) return forwardMix.run(settings);
    return settings.routes === undefined ? forwardFew(settings) : forwardRoutes.run(settings);
  },
};

/** The same with a table of the Internet's size. */
export const forwardRoutes: Bench = {
  name: 'forward-routes',
  about: 'IPv4, 60-byte UDP, one core, 1,000,000 routes and random destinations (`forward --routes N`)',
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
      turns: turnsOf(fewIpv6Routes(), allPeers),
      goals: [{ ratioTo: 'grout', atLeast: 2, must: 1.5 }],
    }),
};

/** Packets of all sizes and both families. */
export const forwardMix: Bench = {
  name: 'forward-mix',
  about: 'IPv4 and IPv6 in turn, 60 to 1514 bytes (7:4:1), 10,000 flows, one core (`forward --mix`)',
  run: (settings) =>
    compare(settings, {
      bench: 'forward-mix',
      about: 'IPv4 and IPv6 in turn, 60, 590 and 1514 bytes as 7:4:1, 10,000 flows, one core, 512 routes',
      turns: turnsOf(mixedTraffic(), allPeers),
      goals: [],
    }),
};

const allPeers = [millrace, l3fwd, testpmd, grout, groutHugepages, ovsDpdk];

function forwardFew(settings: Settings): Promise<readonly Result[]> {
  return compare(settings, {
    bench: 'forward',
    about: 'IPv4, 60-byte UDP, one core, 256 routes /24',
    turns: turnsOf(fewIpv4Routes(), allPeers),
    goals: [
      { ratioTo: 'l3fwd', atLeast: 0.9, must: 0.75 },
      { ratioTo: 'grout', atLeast: 2.5, must: 2.2 },
      { ratioTo: 'ovs-dpdk', atLeast: 3.5, must: 3 },
    ],
  });
}

// l3fwd is not asked: the rule table of its library is searched linearly and would take hours to fill. Filling
// Grout's takes minutes, so only the faster of its two variants is measured.
function forwardMany(settings: Settings, routes: number): Promise<readonly Result[]> {
  return compare(settings, {
    bench: 'forward-routes',
    about: `IPv4, 60-byte UDP, one core, ${routes.toLocaleString('en')} routes /16 to /24, random destinations`,
    turns: [
      ...turnsOf(manyIpv4Routes(routes), [millrace, groutHugepages]),
      { name: fewRoutes, peer: millrace, workload: fewIpv4Routes() },
    ],
    startOnce: true,
    goals: [
      { ratioTo: fewRoutes, atLeast: 0.8, must: 0.6 },
      { ratioTo: groutHugepages.name, atLeast: 2, must: 1.5 },
    ],
    note: `"${fewRoutes}" is Millrace itself with the 256 routes of \`forward\`.`,
  });
}

const fewRoutes = 'few-routes';

interface Comparison {
  readonly bench: string;
  readonly about: string;
  readonly turns: readonly Turn[];
  readonly note?: string;
  readonly goals: readonly Goal[];
  /** Starts each program once and stops it between its turns, because filling its table takes long. */
  readonly startOnce?: boolean;
}

const unit = 'Mpps';
const hugepages = 1024;

async function compare(settings: Settings, comparison: Comparison): Promise<readonly Result[]> {
  const { bench, about, goals, note } = comparison;
  reserveHugepages(hugepages * (comparison.startOnce ? 3 : 1), settings.log);
  const { ready, skipped } = await readyPeers(
    comparison.turns.map(({ peer }) => peer),
    settings,
  );
  await using turns = new Turns({ settings, startOnce: comparison.startOnce ?? false });
  const contenders = comparison.turns
    .filter(({ peer }) => ready.includes(peer))
    .map((turn) => ({ name: turn.name, measure: () => turns.measure(turn) }));
  const measured = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  const all = { runs: measured.runs, skipped: { ...skipped, ...measured.skipped } };
  const notes = note === undefined ? perCore : `${perCore} ${note}`;
  return [{ bench, about, unit, better: 'higher', goals, note: notes, ...all }];
}

const perCore = "Packets in a second of the forwarding thread's CPU time.";
