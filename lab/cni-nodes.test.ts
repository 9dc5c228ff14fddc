import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { NodePlan } from '../src/features/plan/index.ts';
import { Agent, Pod } from './agent.ts';
import { run } from './command.ts';
import { podPlan } from './pod-plan.ts';
import { testNodes } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// Two nodes, each with a router and an agent, and an underlay between them: red travels in MPLS over UDP, blue in MPLS
// over GRE, green in VXLAN, all with the same addresses.
const kinds = { red: 'mplsoudp', blue: 'mplsogre', green: 'vxlan' } as const;
const networks = Object.keys(kinds);
const filters = { red: 'udp port 6635', blue: 'ip proto 47', green: 'udp port 4789' } as const;

const routers = await testNodes();
const [first] = routers;
const agents = routers.map((router, index) => new Agent(router, planOf(index + 1)));
after(() => Promise.all(agents.map((agent) => agent.close())));
await Promise.all(agents.map((agent) => agent.start()));
const pods: Pod[] = [];
after(() => {
  for (const pod of pods) pod.close();
});

for (const name of networks as (keyof typeof kinds)[]) {
  test(`pods of two nodes reach each other in ${kinds[name]}, both families`, async () => {
    const [near, far] = await podsOf(name);
    await using underlay = await startCapture(first.namespace, 'core', filters[name]);
    await assertPings(near, far.ip4);
    await assertPings(near, far.ip6);
    assert.ok((await underlay.lines()).length >= 6);
  });
}

test('an address of the node that no pod has is refused at once', async () => {
  const [near] = await podsOf('red', 'x');
  assert.match(await assertNoPing(near, '10.244.1.250', '-c 1'), /filtered|Unreachable/);
});

test('a router that is as planned needs nothing, and one that is not shows what it lacks', async () => {
  const [agent] = agents;
  assert.equal(await dryRun(agent), '');
  await first.ctl('route del 10.244.2.0/24 vrf red');
  assert.match(await dryRun(agent), /^\+ route add 10\.244\.2\.0\/24 via id \d+ vrf red\n$/);
  agent?.program.signal('SIGHUP');
  await agent?.program.said(/the plan was read again/);
  assert.equal(await dryRun(agent), '');
});

async function podsOf(network: string, suffix = ''): Promise<[Pod, Pod]> {
  const call = { configuration: { name: network, network: `default/${network}` } };
  const made = agents.map((agent, index) => new Pod(agent, `${network}${index + 1}${suffix}`));
  pods.push(...made);
  await Promise.all(made.map((pod) => pod.add(call)));
  return made as [Pod, Pod];
}

function dryRun(agent: Agent | undefined): Promise<string> {
  return run(agent?.command('--dry-run') ?? ['false']);
}

function planOf(node: number): NodePlan {
  const far = 3 - node;
  const base = podPlan({ networks, node });
  const vrfs = base.vrfs.map((vrf) => {
    const name = vrf.name as keyof typeof kinds;
    const { label = 0, vni = 0 } = base.networks.find((network) => network.vrf === name) ?? {};
    const number = kinds[name] === 'vxlan' ? vni : label;
    const way = { kind: 'tunnel', encapsulation: kinds[name], farEnd: `10.9.0.${far}`, number } as const;
    const own = { kind: 'unreachable', reason: 'a block of this node' } as const;
    const routes = [
      { prefix: `10.244.${far}.0/24`, way },
      { prefix: `fd00:244::${far}00/120`, way },
      { prefix: `10.244.${node}.0/24`, way: own },
      { prefix: `fd00:244::${node}00/120`, way: own },
    ];
    return { ...vrf, routes };
  });
  const address = `10.9.0.${node}`;
  const device = 'net_af_packet0,iface=core';
  return {
    ...base,
    underlay: { addresses: [address], mtu: 1500, encapsulations: ['mplsoudp', 'mplsogre', 'vxlan'] },
    ports: [{ name: 'core', device, vrf: 'main', mtu: 1500, addresses: [`${address}/24`] }],
    networks: base.networks.map((network) => ({
      ...network,
      mtu: 1400,
      encapsulations: [kinds[network.vrf as keyof typeof kinds]],
    })),
    vrfs,
  };
}
