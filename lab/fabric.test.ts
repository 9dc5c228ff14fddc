import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { NodePlan } from '../src/features/plan/index.ts';
import { Agent, Pod } from './agent.ts';
import { run } from './command.ts';
import { compiledPlans } from './compiled-plans.ts';
import { eventually } from './eventually.ts';
import { Namespace } from './namespace.ts';
import { network, nodes, object } from './objects.ts';
import { Router } from './router.ts';
import { startCapture } from './witness/capture.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// Two nodes and the world outside on one link. Of the networks, red and blue import each other, green has red's
// addresses, red is routed to the outside, and lan is of layer 2. Plans come from objects, as an operator makes them.
const outside = new Namespace('outside');
after(() => outside.close());
await outside.ip(`
  link add name wire type bridge
  address add 10.9.0.254/24 dev wire
  link set wire up
`);
const routers = [1, 2].map((number) => new Router({ name: `node${number}` }));
after(() => Promise.all(routers.map((router) => router.close())));
for (const [index, { namespace }] of routers.entries()) {
  const port = `to${index + 1}`;
  await outside.ip(`
    link add ${port} type veth peer name core netns ${namespace.name}
    link set ${port} master wire up
  `);
  await namespace.ip('link set core up promisc on');
}
await Promise.all(routers.map((router) => router.start()));

const head = nodes('node1', 'node2');
const vrouter = (first: string) =>
  object(
    'VRouter',
    'all',
    `{ ports: [{ name: core, device: "net_af_packet0,iface=core", gateways: [10.9.0.254],
       nodes: { node1: { addresses: [${first}/24] }, node2: { addresses: [10.9.0.2/24] } } }] }`,
  );
const prefixes = (second: number) => [`10.${second}.0.0/16`, `fd00:${second}::/64`];
const red = network(
  'red',
  '{ imports: [blue], external: true, encapsulations: [MPLSoUDP] }',
  ...prefixes(101),
);
const blue = network('blue', '{ imports: [red], encapsulations: [VXLAN] }', ...prefixes(102));
const green = network('green', '{ encapsulations: [MPLSoGRE] }', ...prefixes(101));
const lan = network('lan', '{ type: L2 }', ...prefixes(103));
const web = object(
  'Attachment',
  'web',
  '{ node: node1, containerId: web, network: default/red, interface: eth0, kind: veth, addresses: [10.101.0.9] }',
);
const whole = head + vrouter('10.9.0.1') + red + blue + green + lan + web;

const agents = routers.map((router, index) => new Agent(router, planOf(whole, index)));
after(() => Promise.all(agents.map((agent) => agent.close())));
await Promise.all(agents.map((agent) => agent.start()));
const pods = new Map<string, Pod>();
after(() => {
  for (const pod of pods.values()) pod.close();
});
await Promise.all(['red', 'blue', 'green', 'lan'].flatMap((name) => [podOf(name, 1), podOf(name, 2)]));

test('a router that was made by a plan needs nothing more', async () => {
  for (const agent of agents) assert.equal(await dryRun(agent), '');
});

test('networks that import each other reach each other, on one node and across, in both families', async () => {
  for (const [from, to] of [
    ['red1', 'blue1'],
    ['red1', 'blue2'],
    ['blue1', 'red2'],
  ] as const) {
    await assertPings(pod(from), pod(to).ip4);
    await assertPings(pod(from), pod(to).ip6);
  }
});

test('who imports nothing reaches its own only, though the addresses are the same', async () => {
  await assertNoPing(pod('green1'), pod('blue1').ip4, '-c 1');
  await assertNoPing(pod('green1'), pod('blue2').ip6, '-c 1');
  await assertPings(pod('green1'), pod('green2').ip4);
  await using atRed = await startCapture(pod('red2'), 'eth0', 'icmp');
  await assertPings(pod('green1'), pod('green2').ip4, '-c 1');
  assert.equal(pod('green2').ip4.slice(0, 6), pod('red2').ip4.slice(0, 6));
  assert.deepEqual(await atRed.lines(), []);
});

test('a pod and the world outside are routed to each other, without NAT', async () => {
  for (const index of [0, 1])
    for (const { text, gateway } of externalBlocks(index))
      await outside.ip(`route add ${text} via ${gateway}`);
  await using seen = await startCapture(outside, 'wire', 'icmp[0] = 8');
  await assertPings(pod('red1'), '10.9.0.254');
  await assertPings(outside, pod('red2').ip4);
  assert.match((await seen.lines()).join('\n'), new RegExp(`${pod('red1').ip4} > 10.9.0.254`));
  await assertNoPing(pod('green1'), '10.9.0.254', '-c 1');
  await assertNoPing(pod('blue1'), '10.9.0.254', '-c 1');
});

test('an L2 network is one segment over both nodes, and its gateway leads nowhere else', async () => {
  const [near, far] = [pod('lan1'), pod('lan2')];
  await using underlay = await startCapture(outside, 'wire', 'udp port 4789');
  await assertPings(near, far.ip4);
  await assertPings(near, far.ip6);
  assert.ok((await underlay.lines()).length >= 6);
  assert.match(await near.run('ip neigh show dev eth0'), new RegExp(`${far.ip4} lladdr ${macOf(far)}`));
  for (const each of [near, far])
    for (const gateway of ['10.103.0.1', 'fd00:103::1']) await assertPings(each, gateway);
  assert.match(await near.run('ip neigh show 10.103.0.1'), /00:00:5e:00:01:00/);
  for (const address of ['10.9.0.254', pod('red1').ip4]) await assertNoPing(near, address, '-c 1');
});

test('a container that comes into an L2 network is announced there, on all nodes', async () => {
  await using seen = await startCapture(pod('lan2'), 'eth0', 'arp or icmp6[0] = 136');
  const guest = new Pod(agents[0] as Agent, 'guest');
  pods.set('guest', guest);
  await guest.add({ configuration: { name: 'lan', network: 'default/lan' } });
  await eventually(async () => {
    const text = (await seen.lines()).join('\n');
    assert.ok(text.includes(`Request who-has ${guest.ip4} tell ${guest.ip4}`), text);
    assert.ok(text.includes(`neighbor advertisement, tgt is ${guest.ip6}`), text);
  });
  await guest.delete();
});

test('a packet that is too large for the way to an imported network gets told', async () => {
  const room = (mtu: number) => `-c 1 -M do -s ${mtu - 28}`;
  await assertPings(pod('red1'), pod('blue2').ip4, room(1450));
  assert.match(await assertNoPing(pod('red1'), pod('blue2').ip4, room(1451)), /mtu ?= ?1450|too long/);
  await assertPings(pod('red1'), pod('red2').ip4, room(1468));
});

test('an address of its own choice, outside of the blocks of its node, is reached from other nodes', async () => {
  const own = new Pod(agents[0] as Agent, 'web');
  pods.set('web', own);
  const configuration = { name: 'red', network: 'default/red', runtimeConfig: { ips: ['10.101.0.9/16'] } };
  await own.add({ configuration });
  assert.equal(own.ip4, '10.101.0.9');
  for (const from of ['red1', 'red2', 'blue2']) await assertReaches(pod(from), own.ip4);
  await own.delete();
});

test('what nobody plans any more goes, and what was added by hand stays', async () => {
  const [router] = routers as [Router];
  const [agent] = agents as [Agent];
  await router.ctl(
    'interface add vrf byhand\nlabel add 999 vrf byhand\nroute add 198.51.100.0/24 via 10.9.0.77',
  );
  for (const name of ['blue1', 'lan1']) await pod(name).delete();
  await agent.take(planOf(head + vrouter('10.9.0.1') + network('red', '{}', ...prefixes(101)) + green, 0));
  assert.equal(await dryRun(agent), '');
  const names = (await router.list('interface show')).map(({ name }) => name);
  for (const gone of ['blue', 'lan']) assert.ok(!names.includes(gone), `${gone} is still there`);
  assert.ok(names.includes('byhand'));
  const [vxlan, ...more] = names.filter((name) => /^(vx|gw_)/.test(String(name)));
  assert.match(String(vxlan), /^vx/, 'that of red is left');
  assert.deepEqual(more, []);
  assert.ok((await router.list('label show')).some(({ label }) => label === 999));
  assert.ok(
    (await router.list('route show ipv4')).some(({ destination }) => destination === '198.51.100.0/24'),
  );
  await assertPings(pod('red1'), pod('red2').ip4);
  await assertNoPing(pod('red1'), pod('blue2').ip4, '-c 1');
});

test('an agent that is killed while it takes a plan goes on where it was', async () => {
  const [agent] = agents as [Agent];
  agent.write(planOf(whole, 0));
  agent.program.signal('SIGHUP');
  await agent.program.said(/the plan is applied/);
  await agent.close('SIGKILL');
  await agent.start();
  assert.equal(await dryRun(agent), '');
  await Promise.all([podOf('blue', 1), podOf('lan', 1)]);
  await assertReaches(pod('blue1'), pod('red2').ip4);
  await assertReaches(pod('lan1'), pod('lan2').ip4);
});

test("a node's end of tunnels moves to another address", async () => {
  const moved = whole.replace('10.9.0.1/24', '10.9.0.11/24');
  for (const [index, agent] of agents.entries()) await agent.take(planOf(moved, index));
  for (const agent of agents) assert.equal(await dryRun(agent), '');
  for (const name of ['red', 'blue', 'green', 'lan'])
    await assertReaches(pod(`${name}1`), pod(`${name}2`).ip4);
  const addresses = await routers[0]?.list('address show iface core');
  assert.deepEqual(
    addresses?.map(({ address }) => address).filter((each) => /\./.test(String(each))),
    ['10.9.0.11/24'],
  );
});

/** What has just come or moved is asked for again: its sender's kernel gives up after three seconds without an answer. */
async function assertReaches(from: Pod, address: string): Promise<void> {
  await eventually(() => assertPings(from, address));
}

async function podOf(network: string, node: number): Promise<void> {
  const agent = agents[node - 1] as Agent;
  pods.get(`${network}${node}`)?.close();
  const made = new Pod(agent, `${network}${node}`);
  pods.set(`${network}${node}`, made);
  await made.add({ configuration: { name: network, network: `default/${network}` } });
}

function pod(name: string): Pod {
  const found = pods.get(name);
  if (found) return found;
  throw new TypeError(`expected one of ${[...pods.keys()].join(', ')}, got ${name}`);
}

function macOf({ result }: Pod): string {
  return result.interfaces?.find(({ name }) => name === 'eth0')?.mac ?? 'none';
}

function planOf(objects: string, index: number): NodePlan {
  const plan = compiledPlans(objects).get(`node${index + 1}`);
  if (plan) return plan;
  throw new TypeError(`expected a plan for node ${index + 1}`);
}

/** The blocks of red that a node has, and the address of the node that leads to them. */
function externalBlocks(index: number): readonly { readonly text: string; readonly gateway: string }[] {
  const { subnets, underlay } = planOf(whole, index);
  const own = subnets.filter(({ name }) => name === 'default/red-4').flatMap(({ blocks }) => blocks);
  return own.map((text) => ({ text, gateway: underlay.addresses[0] ?? '' }));
}

function dryRun(agent: Agent): Promise<string> {
  return run(agent.command('--dry-run'));
}
