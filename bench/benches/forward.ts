import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Goal, Result, Settings } from '../bench.ts';
import { type Contender, interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { encodePcap } from '../pcap.ts';
import type { Forwarding, Peer } from '../peer.ts';
import { grout, groutHugepages } from '../peers/grout.ts';
import { l3fwd } from '../peers/l3fwd.ts';
import { millrace } from '../peers/millrace.ts';
import { ovsDpdk } from '../peers/ovs-dpdk.ts';
import { testpmd } from '../peers/testpmd.ts';
import { readyPeers } from '../ready-peers.ts';
import { fewIpv4Routes, fewIpv6Routes, manyIpv4Routes, type Workload } from '../workload.ts';
import { Workspace } from '../workspace.ts';

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
    goals: [{ ratioTo: 'grout', atLeast: 2 }],
  });
}

interface Comparison {
  readonly bench: string;
  readonly about: string;
  readonly workload: Workload;
  readonly peers: readonly Peer[];
  readonly goals: readonly Goal[];
}

const unit = 'Mpps';
const hugepages = 1024;
const warmUpMs = 1000;

async function compare(settings: Settings, comparison: Comparison): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  const { ready, skipped } = await readyPeers(comparison.peers, settings);
  const contenders = ready.map((peer) => contender(peer, comparison.workload, settings.seconds));
  const measured = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  const { bench, about, goals } = comparison;
  return [
    {
      bench,
      about,
      unit,
      better: 'higher',
      goals,
      runs: measured.runs,
      skipped: { ...skipped, ...measured.skipped },
    },
  ];
}

function contender(peer: Peer, workload: Workload, seconds: number): Contender {
  return {
    name: peer.name,
    measure: async () => {
      using workspace = new Workspace();
      const pcap = workspace.file('packets.pcap');
      writeFileSync(pcap, encodePcap(workload.frames));
      const forwarding = await peer.forward?.({ workload, directory: workspace.path, pcap });
      if (forwarding === undefined) throw new Error('it does not forward');
      await using running = forwarding;
      return await packetRate(running, seconds);
    },
  };
}

// In millions of packets a second, by the program's own counter of packets sent.
async function packetRate(forwarding: Forwarding, seconds: number): Promise<number> {
  await delay(warmUpMs);
  const before = await forwarding.sample();
  await delay(seconds * 1000);
  const after = await forwarding.sample();
  return (after.packets - before.packets) / (after.atMs - before.atMs) / 1000;
}
