import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient, type Transport } from '@connectrpc/connect';
import { openRouterTransport } from '../../src/engine/client/router-transport.ts';
import { StatsService } from '../../src/engine/host/api/engine_pb.js';
import type { Bench, Goal, Result, Settings } from '../bench.ts';
import { interleave, interleaveMany, type Measured } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { packetRate } from '../packet-rate.ts';
import { encodePcap } from '../pcap.ts';
import { groutPolling } from '../peers/grout.ts';
import { millracePolling } from '../peers/millrace.ts';
import {
  type Router,
  type RouterForwarding,
  runLines,
  type Script,
  startForwarding,
} from '../peers/router.ts';
import { forwardingScript, routeLines } from '../peers/router-script.ts';
import { readyPeers } from '../ready-peers.ts';
import { RouteLoader } from '../route-loader.ts';
import { watchBusiest } from '../thread-time.ts';
import { fewIpv4Routes, manyIpv4Routes, manyIpv6Routes, type Route } from '../workload.ts';
import { Workspace } from '../workspace.ts';

/** How long a router that forwards takes to learn and forget tables of the Internet's size. */
export const routes: Bench = {
  name: 'routes',
  about:
    '1,000,000 IPv4 and 200,000 IPv6 routes added, withdrawn and added again while packets are forwarded',
  run,
};

const units = {
  'ipv4-add': 's',
  'ipv4-withdraw': 's',
  'ipv4-again': 's',
  'ipv6-add': 's',
  'ipv6-withdraw': 's',
  'ipv6-again': 's',
  before: 'Mpps',
  meanwhile: 'Mpps',
  drops: 'packets',
} as const;

type Figure = keyof typeof units;
type Figures = Record<Figure, number>;

const hugepages = 1536;
const inThree: readonly Goal[] = [{ atMost: 3, must: 5 }];

async function run(settings: Settings): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  const { ready, skipped } = await readyPeers([millracePolling, groutPolling], settings);
  const tables = tablesOf(settings.routes ?? 1_000_000);
  const { log, runs: rounds } = settings;
  const own = ready.filter((router) => router === millracePolling);
  const contenders = own.map(({ name }) => ({ name, measure: () => cycle(tables, settings) }));
  const measured = await interleaveMany({ contenders, rounds, units, log });
  const others = ready.filter((router) => router !== millracePolling);
  const byClient = {
    ipv4: await loadedByClient(others, tables.ipv4, settings),
    ipv6: await loadedByClient(others, tables.ipv6, settings),
  };
  return [
    ...(['ipv4', 'ipv6'] as const).flatMap((family) => {
      const count = tables[family].length.toLocaleString('en');
      const goals = family === 'ipv4' ? inThree : [];
      const row = (step: 'add' | 'withdraw' | 'again', about: string, peers?: Measured): Result => ({
        bench: `routes-${family}-${step}`,
        about: `Time to ${about} ${count} routes of ${family} through the API while forwarding`,
        unit: 's',
        better: 'lower',
        goals,
        note: howLoaded,
        runs: { ...measured[`${family}-${step}`].runs, ...peers?.runs },
        skipped: { ...skipped, ...measured[`${family}-${step}`].skipped, ...peers?.skipped },
      });
      return [
        row('add', 'add', byClient[family]),
        row('withdraw', 'withdraw'),
        row('again', 'add once more the same'),
      ];
    }),
    {
      bench: 'routes-forwarding',
      about: 'Forwarding over all the time that routes are added and withdrawn; "before" is the same without',
      unit: 'Mpps',
      better: 'higher',
      note: "Packets in a second of the forwarding thread's CPU time.",
      runs: { ...measured.meanwhile.runs, before: Object.values(measured.before.runs).flat() },
      skipped: measured.meanwhile.skipped,
    },
    {
      bench: 'routes-drops',
      about: 'Packets that were dropped, for whatever reason, while routes were added and withdrawn',
      unit: 'packets',
      better: 'lower',
      goals: [{ atMost: 0 }],
      note: 'Their own routes are not touched; the sum of all drop counters.',
      runs: measured.drops.runs,
      skipped: measured.drops.skipped,
    },
  ];
}

const howLoaded =
  'Millrace by a stream of its gRPC API; Grout by a file of its client, which has nothing else, once: it takes minutes.';

interface Tables {
  readonly ipv4: readonly Route[];
  readonly ipv6: readonly Route[];
}

function tablesOf(count: number): Tables {
  return { ipv4: manyIpv4Routes(count).routes, ipv6: manyIpv6Routes(Math.round(count / 5)) };
}

/** Adds, withdraws and adds again while packets go by a few other routes. */
async function cycle(tables: Tables, settings: Settings): Promise<Figures> {
  await using resources = new AsyncDisposableStack();
  const forwarding = await forwardBeside([...tables.ipv4, ...tables.ipv6], millracePolling, resources);
  const { transport, close } = openRouterTransport({ socketPath: forwarding.instance.socket });
  resources.defer(close);
  const ipv4 = new RouteLoader('ipv4', tables.ipv4);
  const ipv6 = new RouteLoader('ipv6', tables.ipv6);
  const before = await packetRate(forwarding, { seconds: 2, log: settings.log });
  const dropped = await drops(transport);
  const start = await forwarding.sample();
  const watch = watchBusiest(forwarding.pid);
  const times = {
    'ipv4-add': await ipv4.add(transport),
    'ipv6-add': await ipv6.add(transport),
    'ipv4-withdraw': await ipv4.withdraw(transport),
    'ipv6-withdraw': await ipv6.withdraw(transport),
    'ipv4-again': await ipv4.add(transport),
    'ipv6-again': await ipv6.add(transport),
  };
  const { share } = watch();
  const end = await forwarding.sample();
  const meanwhile = (end.packets - start.packets) / (end.atMs - start.atMs) / 1000 / share;
  return { ...times, before, meanwhile, drops: (await drops(transport)) - dropped };
}

async function loadedByClient(
  routers: readonly Router[],
  table: readonly Route[],
  { log }: Settings,
): Promise<Measured> {
  const lines = routeLines(table);
  const contenders = routers.map((router) => ({
    name: router.name,
    measure: async () => {
      await using resources = new AsyncDisposableStack();
      const forwarding = await forwardBeside(table, router, resources);
      const directory = resources.use(new Workspace()).path;
      const startMs = performance.now();
      await runLines(forwarding.instance, { lines, directory });
      return (performance.now() - startMs) / 1000;
    },
  }));
  return interleave({ contenders, rounds: 1, unit: 's', log });
}

/** Starts a router that forwards by a few routes and has room for these. */
async function forwardBeside(
  table: readonly Route[],
  router: Router,
  resources: AsyncDisposableStack,
): Promise<RouterForwarding> {
  const directory = resources.use(new Workspace());
  const workload = fewIpv4Routes();
  const pcap = directory.file('packets.pcap');
  writeFileSync(pcap, encodePcap(workload.frames));
  const job = { workload, directory: directory.path, pcap };
  const script: Script = (devices) => forwardingScript(workload, devices, table);
  const forwarding = resources.use(await startForwarding(router, job, script));
  await delay(500);
  return forwarding;
}

async function drops(transport: Transport): Promise<number> {
  const { stats } = await createClient(StatsService, transport).listStageStats({});
  return stats.filter(({ drop }) => drop).reduce((sum, { packets }) => sum + Number(packets), 0);
}
