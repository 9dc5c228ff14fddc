import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Result, Settings } from '../bench.ts';
import { BenchError } from '../bench-error.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { type Path, throughLinux, throughRouter, wire } from '../paths.ts';
import { groutByDefault } from '../peers/grout.ts';
import { millraceByDefault, millracePolling } from '../peers/millrace.ts';
import { readyPeers } from '../ready-peers.ts';
import { median } from '../statistics.ts';

/** What a router that sleeps most of the time adds to a ping. */
export const ping: Bench = {
  name: 'ping',
  about: 'latency that an idle router adds to a ping between two namespaces',
  run: (settings) =>
    compare(settings, {
      bench: 'ping',
      about: 'Time that an idle router adds to the round trip of a ping, median of 200 at 10 ms',
      pings: 200,
      intervalMs: 10,
    }),
};

/** How long the first packet after a pause has to wait for a router that has gone to sleep. */
export const firstPacket: Bench = {
  name: 'first-packet',
  about: 'latency that a router adds to the first ping after a second without packets',
  run: (settings) =>
    compare(settings, {
      bench: 'first-packet',
      about:
        'Time that a router adds to the round trip of a lone ping, a second after the last; median of 15',
      pings: 15,
      intervalMs: 1000,
      goals: [{ atMost: 100, must: 250 }],
    }),
};

interface Comparison {
  readonly bench: string;
  readonly about: string;
  readonly pings: number;
  readonly intervalMs: number;
  readonly goals?: Result['goals'];
}

const hugepages = 1024;
const unit = 'µs';

async function compare(settings: Settings, comparison: Comparison): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  const { ready, skipped } = await readyPeers([millraceByDefault, groutByDefault], settings);
  const onTheWire: number[] = [];
  const time = (open: () => Promise<Path>) => roundTrip(open, comparison);
  const added = async (open: () => Promise<Path>) => (await time(open)) - (onTheWire.at(-1) ?? 0);
  const contenders = [
    { name: 'wire', measure: async () => last(onTheWire, await time(wire)) },
    ...[
      ...ready.map((router) => ({ name: router.name, router })),
      { name: 'polling', router: millracePolling },
    ].map(({ name, router }) => ({ name, measure: () => added(() => throughRouter(router, 'tap')) })),
    { name: 'linux', measure: () => added(() => throughLinux({ offloads: true })) },
  ];
  const { bench, about, goals = [] } = comparison;
  const measured = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  const { wire: wireRuns = [], ...runs } = measured.runs;
  const basis = wireRuns.length === 0 ? '?' : median(wireRuns).toFixed(0);
  return [
    {
      bench,
      about,
      unit,
      better: 'lower',
      goals,
      note: `A veth pair from host to host takes ${basis} µs, subtracted in each run. "polling" is Millrace with -p, which never sleeps; "linux" is the kernel as router.`,
      runs,
      skipped: { ...skipped, ...measured.skipped },
    },
  ];
}

// The first pings, which wait for ARP, are not counted.
async function roundTrip(open: () => Promise<Path>, { pings, intervalMs }: Comparison): Promise<number> {
  await using path = await open();
  const { left, right } = path;
  await left.run(`ping -c 5 -i 0.2 -W 2 ${right.ip4}`);
  await delay(Math.max(500, intervalMs));
  const line = `ping -n -c ${pings} -i ${intervalMs / 1000} -W 1 ${right.ip4}`;
  const text = await left.run(line, { timeoutMs: pings * intervalMs + 10_000 });
  const times = [...text.matchAll(/ time=([\d.]+) ms/g)].map((match) => Number(match[1]) * 1000);
  if (times.length >= pings / 2) return median(times);
  throw new BenchError('BENCH_PING', `expected ${pings} answers, got ${times.length}, pinging ${right.ip4}`);
}

function last(list: number[], value: number): number {
  list.push(value);
  return value;
}
