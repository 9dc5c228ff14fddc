import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Result, Settings } from '../bench.ts';
import { BenchError } from '../bench-error.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { Namespaces } from '../namespaces.ts';
import { groutByDefault } from '../peers/grout.ts';
import { millraceByDefault } from '../peers/millrace.ts';
import { type Router, runLines, startRouter } from '../peers/router.ts';
import { readyPeers } from '../ready-peers.ts';
import { median } from '../statistics.ts';
import { Workspace } from '../workspace.ts';

/** What a router that sleeps most of the time adds to a ping. */
export const ping: Bench = {
  name: 'ping',
  about: 'latency that an idle router adds to a ping between two namespaces',
  run: measure,
};

const pings = 200;
const hugepages = 1024;
const unit = 'µs';

async function measure(settings: Settings): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  const { ready, skipped } = await readyPeers([millraceByDefault, groutByDefault], settings);
  const direct: number[] = [];
  const contenders = [
    { name: 'direct', measure: async () => last(direct, await directTime()) },
    ...ready.map((router) => ({
      name: router.name,
      measure: async () => (await routedTime(router)) - (direct.at(-1) ?? 0),
    })),
    { name: 'linux', measure: async () => (await kernelTime()) - (direct.at(-1) ?? 0) },
  ];
  const { runs, skipped: failed } = await interleave({
    contenders,
    rounds: settings.runs,
    unit,
    log: settings.log,
  });
  const { direct: directRuns = [], ...added } = runs;
  const basis = directRuns.length === 0 ? '?' : median(directRuns).toFixed(0);
  return [
    {
      bench: 'ping',
      about: `Time that an idle router adds to the round trip of a ping, median of ${pings} at 10 ms`,
      unit,
      better: 'lower',
      note: `The namespaces' direct veth takes ${basis} µs, subtracted in each run; "linux" is the kernel as router.`,
      runs: added,
      skipped: { ...skipped, ...failed },
    },
  ];
}

async function directTime(): Promise<number> {
  await using spaces = await Namespaces.create(['a', 'b']);
  await spaces.connect({ space: 'a', device: 'va', address: hosts.a.address }, { space: 'b', device: 'vb' });
  await spaces.run('b', ['ip', 'address', 'add', '192.168.0.2/24', 'dev', 'vb']);
  return await roundTrip(spaces, '192.168.0.2');
}

async function kernelTime(): Promise<number> {
  await using spaces = await Namespaces.create(['a', 'r', 'b']);
  await spaces.connect({ space: 'r', device: 'ra', address: hosts.a.gateway }, { space: 'a', device: 'va' });
  await spaces.connect({ space: 'r', device: 'rb', address: hosts.b.gateway }, { space: 'b', device: 'vb' });
  await spaces.run('r', ['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  await spaces.beHost('a', { device: 'va', ...hosts.a });
  await spaces.beHost('b', { device: 'vb', ...hosts.b });
  return await roundTrip(spaces, pingedAddress);
}

async function routedTime(router: Router): Promise<number> {
  using workspace = new Workspace();
  await using spaces = await Namespaces.create(['a', 'b']);
  await using instance = await startRouter(router, workspace.path);
  await runLines(instance, { lines: routerLines, directory: workspace.path });
  for (const [space, host] of Object.entries(hosts)) {
    await spaces.adopt({ pid: instance.program.pid, device: `x-${space}`, space });
    await spaces.beHost(space, { device: `x-${space}`, ...host });
  }
  return await roundTrip(spaces, pingedAddress);
}

const hosts = {
  a: { address: '192.168.0.1/24', gateway: '192.168.0.254/24', mac: '02:00:00:00:0a:01' },
  b: { address: '192.168.1.1/24', gateway: '192.168.1.254/24', mac: '02:00:00:00:0b:01' },
} as const;

const pingedAddress = '192.168.1.1';

const routerLines = Object.entries(hosts).flatMap(([space, { gateway }], index) => [
  `interface add port p-${space} devargs net_tap${index},iface=x-${space}`,
  `address add ${gateway} iface p-${space}`,
]);

// The first pings, which wait for ARP, are not counted.
async function roundTrip(spaces: Namespaces, address: string): Promise<number> {
  await spaces.run('a', ['ping', '-c', '5', '-i', '0.2', '-W', '2', address]);
  await delay(500);
  const text = await spaces.run('a', ['ping', '-n', '-c', String(pings), '-i', '0.01', '-W', '1', address]);
  const times = [...text.matchAll(/ time=([\d.]+) ms/g)].map((match) => Number(match[1]) * 1000);
  if (times.length < pings / 2) {
    throw new BenchError('BENCH_PING', `expected ${pings} answers, got ${times.length}, pinging ${address}`);
  }
  return median(times);
}

function last(list: number[], value: number): number {
  list.push(value);
  return value;
}
