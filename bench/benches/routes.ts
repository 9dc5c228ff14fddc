import { createClient } from '@connectrpc/connect';
import { openRouterTransport } from '../../src/engine/client/router-transport.ts';
import { RouteService } from '../../src/features/ip/ip_pb.js';
import { addressToBytes } from '../../src/net/address.ts';
import { parsePrefix } from '../../src/net/prefix.ts';
import type { Bench, Result, Settings } from '../bench.ts';
import { BenchError } from '../bench-error.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { groutByDefault } from '../peers/grout.ts';
import { millraceByDefault } from '../peers/millrace.ts';
import { type Router, type RouterInstance, runLines, startRouter } from '../peers/router.ts';
import { addressLines, routeLines, tableSizeLines } from '../peers/router-script.ts';
import { readyPeers } from '../ready-peers.ts';
import {
  manyIpv4Routes,
  manyIpv6Routes,
  neighborAddress,
  neighborCount,
  neighborMac,
  type Route,
} from '../workload.ts';
import { Workspace } from '../workspace.ts';

/** How long a router takes to learn a table of the Internet's size. */
export const routes: Bench = {
  name: 'routes',
  about: '1,000,000 IPv4 and 200,000 IPv6 routes loaded through the API',
  async run(settings) {
    const count = settings.routes ?? 1_000_000;
    const ipv4 = { family: 'ipv4', routes: manyIpv4Routes(count).routes, atMost: 5 } as const;
    const ipv6 = { family: 'ipv6', routes: manyIpv6Routes(Math.round(count / 5)) } as const;
    return [await compare(settings, ipv4), await compare(settings, ipv6)];
  },
};

interface Load {
  readonly family: 'ipv4' | 'ipv6';
  readonly routes: readonly Route[];
  readonly atMost?: number;
}

const unit = 's';
const hugepages = 1536;

async function compare(settings: Settings, load: Load): Promise<Result> {
  reserveHugepages(hugepages, settings.log);
  const { ready, skipped } = await readyPeers([millraceByDefault, groutByDefault], settings);
  const contenders = ready.map((router) => ({
    name: router.name,
    measure: () => loadTime(router, load, router === millraceByDefault ? loadByApi : loadByClient),
  }));
  // The peer takes minutes a run, and its figure serves only to place ours.
  const peers = contenders.filter(({ name }) => name !== 'millrace');
  const own = contenders.filter(({ name }) => name === 'millrace');
  const { log, runs: rounds } = settings;
  const slow = await interleave({ contenders: peers, rounds: 1, unit, log });
  const fast = await interleave({ contenders: own, rounds, unit, log });
  return {
    bench: `routes-${load.family}`,
    about: `Time to load ${load.routes.length.toLocaleString('en')} routes of ${load.family} through the API`,
    unit,
    better: 'lower',
    goals: load.atMost === undefined ? [] : [{ atMost: load.atMost }],
    note: 'Millrace by a stream of its gRPC API; Grout by a file of its client, which has nothing else; Grout once.',
    runs: { ...fast.runs, ...slow.runs },
    skipped: { ...skipped, ...fast.skipped, ...slow.skipped },
  };
}

/** Makes what is to be loaded ready, and returns what loads it: only that is timed. */
type Loader = (load: Load) => (instance: RouterInstance, directory: string) => Promise<void>;

async function loadTime(router: Router, load: Load, loader: Loader): Promise<number> {
  using workspace = new Workspace();
  await using instance = await startRouter(router, workspace.path);
  await runLines(instance, { lines: preparation(load), directory: workspace.path });
  const loadInto = loader(load);
  const startMs = performance.now();
  await loadInto(instance, workspace.path);
  return (performance.now() - startMs) / 1000;
}

// Next hops have ids, which the API's routes refer to.
function preparation({ family, routes }: Load): readonly string[] {
  return [
    ...[0, 1].map((index) => `interface add port p${index} devargs net_null${index},no-rx=1`),
    ...tableSizeLines(routes),
    ...addressLines,
    ...Array.from({ length: neighborCount }, (_, neighbor) => {
      const address = `address ${neighborAddress(family, neighbor)} mac ${neighborMac(neighbor)}`;
      return `nexthop add l3 iface p1 id ${neighbor + 1} ${address}`;
    }),
  ];
}

function loadByClient(load: Load) {
  const lines = routeLines(load.routes);
  return (instance: RouterInstance, directory: string) => runLines(instance, { lines, directory });
}

function loadByApi(load: Load) {
  const batches = encodeBatches(load);
  return (instance: RouterInstance) => addRoutes(instance, batches, load.routes.length);
}

async function addRoutes(instance: RouterInstance, batches: readonly Batch[], count: number): Promise<void> {
  const { transport, close } = openRouterTransport({ socketPath: instance.socket });
  try {
    const client = createClient(RouteService, transport);
    const { added, failed, failures } = await client.addRoutes(streamOf(batches));
    if (added === count && failed === 0) return;
    const got = `${added} and ${failed} failures, first: ${JSON.stringify(failures[0] ?? null)}`;
    throw new BenchError('BENCH_ROUTES', `expected ${count} routes added, got ${got}`);
  } finally {
    close();
  }
}

const batchRoutes = 10_000;

interface Batch {
  readonly family: Load['family'];
  readonly prefixes: Uint8Array;
  readonly nexthopIds: number[];
}

function encodeBatches({ family, routes }: Load): readonly Batch[] {
  return Array.from({ length: Math.ceil(routes.length / batchRoutes) }, (_, index) => {
    const batch = routes.slice(index * batchRoutes, (index + 1) * batchRoutes);
    return {
      family,
      prefixes: encodePrefixes(batch, family === 'ipv4' ? 5 : 17),
      nexthopIds: batch.map(({ neighbor }) => neighbor + 1),
    };
  });
}

async function* streamOf(batches: readonly Batch[]) {
  yield* batches;
}

// The address in network order, then the length of the prefix.
function encodePrefixes(batch: readonly Route[], recordBytes: number): Uint8Array {
  const bytes = new Uint8Array(batch.length * recordBytes);
  batch.forEach(({ destination }, index) => {
    const { address, length } = parsePrefix(destination);
    bytes.set(addressToBytes(address), index * recordBytes);
    bytes[(index + 1) * recordBytes - 1] = length;
  });
  return bytes;
}
