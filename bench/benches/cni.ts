import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent } from '../../lab/agent.ts';
import { run } from '../../lab/command.ts';
import { Namespace } from '../../lab/namespace.ts';
import { podPlan } from '../../lab/pod-plan.ts';
import { Router } from '../../lab/router.ts';
import type { Bench, Result, Settings } from '../bench.ts';
import { BenchError } from '../bench-error.ts';
import { interleave } from '../harness.ts';
import { reserveHugepages } from '../hugepages.ts';
import { referencePlugins, silentPlugin } from '../setup/cni.ts';
import { median } from '../statistics.ts';
import { Workspace } from '../workspace.ts';

/** How long a container waits for its network. */
export const cni: Bench = {
  name: 'cni',
  about: 'time of ADD for a veth pod, by cnitool and by itself, and of 200 ADDs at once',
  run: measure,
};

const hugepages = 1024;
const unit = 'ms';
/** ADDs one after another whose middle is a figure: as many pods as a kubelet runs unless it is told otherwise; and ADDs at once. */
const counts = { inTurn: 110, atOnce: 200 };

/** A CNI configuration and where its plugins are. */
interface Plugins {
  readonly path: string;
  readonly configurations: string;
  readonly plugin: { readonly type: string };
}

/** Attaches a pod, or detaches it. */
type Driver = (plugins: Plugins, verb: 'add' | 'del', pod: Namespace) => Promise<string>;

async function measure(settings: Settings): Promise<readonly Result[]> {
  reserveHugepages(hugepages, settings.log);
  using workspace = new Workspace();
  const reference = await referencePlugins(settings.log);
  const tool = cnitool(join(reference, 'cnitool'));
  await using router = await new Router({ name: 'cni' }).start();
  await using agent = await new Agent(router, podPlan({ networks: ['bench'], wide: true })).start();
  const own = fileURLToPath(new URL('../../build', import.meta.url));
  const millrace = write(workspace.path, 'millrace', own, millraceConfiguration(agent.socket));
  const bridge = write(workspace.path, 'bridge', reference, bridgeConfiguration(workspace.path));
  const silent = write(workspace.path, 'silent', await silentPlugin(settings.log), { type: 'silent-plugin' });
  const each = (work: (plugins: Plugins) => Promise<number>) => [
    { name: 'millrace', measure: () => work(millrace) },
    { name: 'bridge + host-local', measure: () => work(bridge) },
  ];
  const common = { rounds: settings.runs, unit, log: settings.log };
  const nothing = { name: 'a plugin that does nothing', measure: () => inTurn(tool, silent) };
  const one = await interleave({
    ...common,
    contenders: [...each((plugins) => inTurn(tool, plugins)), nothing],
  });
  const bare = await interleave({ ...common, contenders: each((plugins) => inTurn(plugin, plugins)) });
  const many = await interleave({ ...common, contenders: each((plugins) => atOnce(tool, plugins)) });
  const note = 'All by cnitool, which takes its part of the time; the reference has both ends in the kernel.';
  const about = `Time of one ADD for a pod with a veth pair and addresses of both families, middle of ${counts.inTurn}`;
  const ratioTo = 'bridge + host-local';
  return [
    { bench: 'cni', about, unit, better: 'lower', goals: [{ ratioTo, atMost: 0.5 }], note, ...one },
    {
      bench: 'cni-plugin',
      about: 'The same, by the plugin itself, which a runtime runs without a tool in between',
      unit,
      better: 'lower',
      goals: [{ ratioTo, atMost: 0.5 }],
      note: 'cnitool is a process of its own that starts the plugin; libcni is a part of the runtime.',
      ...bare,
    },
    {
      bench: 'cni-200',
      about: 'Time until 200 ADDs at once have all succeeded',
      unit,
      better: 'lower',
      goals: [{ ratioTo, atMost: 0.5, must: 'reported' }],
      note,
      ...many,
    },
  ];
}

function inTurn(driver: Driver, plugins: Plugins): Promise<number> {
  return withPods(counts.inTurn, driver, plugins, async (pods) => {
    const times: number[] = [];
    for (const pod of pods) times.push(await timeOf(() => add(driver, plugins, pod)));
    return median(times);
  });
}

function atOnce(driver: Driver, plugins: Plugins): Promise<number> {
  return withPods(counts.atOnce, driver, plugins, (pods) =>
    timeOf(() => Promise.all(pods.map((pod) => add(driver, plugins, pod)))),
  );
}

/** Makes pods for a measurement, and takes them away however it ends. */
async function withPods(
  count: number,
  driver: Driver,
  plugins: Plugins,
  work: (pods: readonly Namespace[]) => Promise<number>,
): Promise<number> {
  const pods = Array.from({ length: count }, (_, index) => new Namespace(`pod${index}`));
  try {
    return await work(pods);
  } finally {
    for (const pod of pods) await driver(plugins, 'del', pod).catch(() => undefined);
    for (const pod of pods) pod.close();
  }
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

async function add(driver: Driver, plugins: Plugins, pod: Namespace): Promise<void> {
  const output = await driver(plugins, 'add', pod);
  if (!output.includes('10.244.')) throw new BenchError('BENCH_CNI', `expected an address, got ${output}`);
}

function cnitool(tool: string): Driver {
  return ({ path, configurations }, verb, { name }) =>
    run([tool, verb, LIST, `/run/netns/${name}`], {
      environment: { CNI_PATH: path, NETCONFPATH: configurations },
      timeoutMs: PATIENCE_MS,
    });
}

/** As a runtime does it. */
const plugin: Driver = ({ path, plugin: { type, ...fields } }, verb, { name }) =>
  run([join(path, type)], {
    environment: {
      CNI_COMMAND: verb.toUpperCase(),
      CNI_CONTAINERID: name,
      CNI_NETNS: `/run/netns/${name}`,
      CNI_IFNAME: 'eth0',
      CNI_PATH: path,
    },
    input: JSON.stringify({ cniVersion: VERSION, name: LIST, type, ...fields }),
    timeoutMs: PATIENCE_MS,
  });

const LIST = 'bench';
const VERSION = '1.0.0';
const PATIENCE_MS = 120_000;

function write(directory: string, name: string, path: string, plugin: Plugins['plugin']): Plugins {
  const configurations = join(directory, name);
  mkdirSync(configurations);
  const list = { cniVersion: VERSION, name: LIST, plugins: [plugin] };
  writeFileSync(join(configurations, 'bench.conflist'), JSON.stringify(list));
  return { path, configurations, plugin };
}

function millraceConfiguration(agentSocket: string) {
  return { type: 'millrace-cni', network: 'default/bench', agentSocket };
}

function bridgeConfiguration(directory: string) {
  const ranges = [[{ subnet: '10.244.0.0/16' }], [{ subnet: 'fd00:244::/64' }]];
  const ipam = { type: 'host-local', dataDir: join(directory, 'addresses'), ranges };
  return { type: 'bridge', bridge: `mr-${process.pid}`, isGateway: false, ipam };
}
