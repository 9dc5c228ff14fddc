import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Result, Settings } from '../bench.ts';
import { BenchError } from '../bench-error.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { type Link, type Path, throughLinux, throughRouter, throughTestpmd } from '../paths.ts';
import { cores } from '../peer.ts';
import { groutPolling } from '../peers/grout.ts';
import { millracePolling } from '../peers/millrace.ts';
import { testpmd } from '../peers/testpmd.ts';
import { readyPeers } from '../ready-peers.ts';

/** TCP between hosts that the router reaches by TAPs. */
export const tap: Bench = {
  name: 'tap',
  about: 'one TCP connection between two namespaces on TAPs (iperf3)',
  run: (settings) => compare(settings, 'tap', 'net_tap'),
};

/** TCP between hosts that the router reaches by veth pairs. */
export const veth: Bench = {
  name: 'veth',
  about: 'one TCP connection between two namespaces on veth pairs (iperf3), by AF_PACKET and by AF_XDP',
  run: async (settings) => [
    ...(await compare(settings, 'veth', 'net_af_packet')),
    ...(await compare(settings, 'af_xdp', 'net_af_xdp')),
  ],
};

const unit = 'Gbit/s';
const hugepages = 1024;

async function compare(settings: Settings, link: Link, driver: string): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  const { ready, skipped } = await readyPeers([millracePolling, testpmd, groutPolling], settings);
  const open = (name: string): (() => Promise<Path>) => {
    if (name === testpmd.name) return () => throughTestpmd(link);
    return () => throughRouter(name === millracePolling.name ? millracePolling : groutPolling, link);
  };
  const { seconds } = settings;
  const forwarders = ready.map(({ name }) => ({
    name,
    measure: () => throughput(open(name), seconds, pinned),
  }));
  const kernel = [true, false].map((offloads) => ({
    name: offloads ? 'linux-offloads' : 'linux',
    measure: () => throughput(() => throughLinux({ offloads }), seconds, ''),
  }));
  const contenders = [...forwarders, ...kernel];
  const measured = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  return [
    {
      bench: link === 'af_xdp' ? 'veth-af_xdp' : link,
      about: `TCP from host to host through ports of ${driver}, 1500 bytes, one connection`,
      unit,
      better: 'higher',
      goals: [{ ratioTo: testpmd.name, atLeast: 1, must: 0.9 }],
      note: 'By the wall clock. Forwarders poll on core 1, iperf3 has core 0; testpmd hands frames on without looking at them. "linux" is the kernel as router over veth pairs with both cores, where each packet is one on the wire as for the others; with offloads it moves 64 KiB at a time.',
      runs: measured.runs,
      skipped: { ...skipped, ...measured.skipped },
    },
  ];
}

const pinned = `taskset -c ${cores.control} `;

async function throughput(open: () => Promise<Path>, seconds: number, wrapper: string): Promise<number> {
  await using path = await open();
  const { left, right } = path;
  await left.run(`ping -c 3 -i 0.2 -W 2 ${right.ip4}`); // they find each other first
  await using server = right.start(`${wrapper}iperf3 -s -1 --forceflush`);
  await server.said(/Server listening/);
  await delay(200);
  const client = `${wrapper}iperf3 -c ${right.ip4} -J -O 1 -t ${seconds}`;
  return receivedGigabits(await left.run(client, { timeoutMs: seconds * 1000 + 20_000 }));
}

/** Reads what arrived out of iperf3's JSON. @throws BenchError when it is not there */
export function receivedGigabits(text: string): number {
  const bits: unknown = JSON.parse(text)?.end?.sum_received?.bits_per_second;
  if (typeof bits === 'number') return bits / 1e9;
  throw new BenchError('BENCH_IPERF', `expected what arrived in iperf3's answer, got ${text.slice(0, 300)}`);
}
