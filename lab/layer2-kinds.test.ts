import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { NodePlan } from '../src/features/plan/index.ts';
import { Agent, Pod } from './agent.ts';
import { compiledPlans } from './compiled-plans.ts';
import { DpdkApp } from './dpdk-app.ts';
import { eventually } from './eventually.ts';
import { network, nodes, object } from './objects.ts';
import { testNodes } from './testing.ts';
import { type Capture, startCapture } from './witness/capture.ts';
import { assertPings } from './witness/ping.ts';

// One segment over two nodes, with members of every kind:
//
//   veth, memif ── node1 ── VXLAN ── node2 ── tap, vhost-user
const routers = await testNodes();
const [first, second] = routers;

const vrouter = object(
  'VRouter',
  'all',
  `{ ports: [{ name: core, device: "net_af_packet0,iface=core",
       nodes: { node1: { addresses: [10.9.0.1/24] }, node2: { addresses: [10.9.0.2/24] } } }] }`,
);
const lan = network('lan', '{ type: L2 }', '10.103.0.0/16', 'fd00:103::/64');
const plans = compiledPlans(nodes('node1', 'node2') + vrouter + lan);
const agents = routers.map((router, index) => new Agent(router, planOf(index + 1)));
after(() => Promise.all(agents.map((agent) => agent.close())));
await Promise.all(agents.map((agent) => agent.start()));
const [near, far] = agents as [Agent, Agent];
const [veth, tap, vhost, memif] = await Promise.all([
  member(near, 'veth'),
  member(far, 'tap'),
  member(far, 'vhost-user'),
  member(near, 'memif'),
]);

test('a TAP is a station of the segment: it and a veth of another node know each other by their own addresses', async () => {
  for (const [from, to] of [
    [veth, tap],
    [tap, veth],
  ] as const) {
    for (const address of [to.ip4, to.ip6, '10.103.0.1', 'fd00:103::1']) await assertPings(from, address);
    assert.match(await from.run('ip neigh show dev eth0'), new RegExp(`${to.ip4} lladdr ${macOf(to)}`));
  }
});

for (const [pod, device, place] of [
  [vhost, `net_virtio_user0,path=${socketOf(vhost)},server=1`, 'of another node'],
  [memif, `net_memif0,role=client,socket=${socketOf(memif)},socket-abstract=no`, 'of its own node'],
] as const)
  test(`an application by ${kindOf(pod)} is one: a veth ${place} and a TAP reach it, both families`, async () => {
    await using app = new DpdkApp({
      directory: pod.agent.pods,
      ports: 1,
      devices: [`${device},mac=${macOf(pod)}`],
      name: pod.name,
    });
    await app.forward('5tswap', [0]);
    for (const from of [veth, tap]) {
      // It sends everything back and answers no ARP; what is for a station that nobody knows goes to all.
      for (const address of [pod.ip4, pod.ip6])
        await from.run(`ip neigh replace ${address} lladdr ${macOf(pod)} dev eth0`);
      await eventually(() => assertPings(from, pod.ip4, '-c 1'));
      await assertPings(from, pod.ip6);
    }
    await assertBehind(pod);
    await assertOthersSeeNothing(pod);
  });

test('what is detached is no member any more', async () => {
  for (const pod of [veth, tap, vhost, memif]) await pod.delete();
  for (const router of routers) {
    const names = (await router.list('interface show')).map(({ name }) => String(name));
    assert.deepEqual(
      names.filter((name) => /^pod\d/.test(name)),
      [],
    );
  }
});

/** The bridge of its node knows an application behind its own port. */
async function assertBehind(pod: Pod): Promise<void> {
  const router = pod.agent === near ? first : second;
  const stations = await router.list('fdb show');
  const found = stations.find(({ mac }) => mac === macOf(pod));
  assert.match(String(found?.['iface']), /^pod\d+$/, JSON.stringify(stations));
}

/** What is for a station that is known goes there alone: the TAP does not see what the veth asks. */
async function assertOthersSeeNothing(pod: Pod): Promise<void> {
  await using atTap: Capture = await startCapture(tap, 'eth0', `host ${pod.ip4} and host ${veth.ip4}`);
  await assertPings(veth, pod.ip4);
  assert.deepEqual(await atTap.lines(), []);
}

async function member(agent: Agent, kind: string): Promise<Pod> {
  const pod = new Pod(agent, kind);
  after(() => pod.close());
  return pod.add({ configuration: { name: 'lan', network: 'default/lan', kind } });
}

function kindOf(pod: Pod): string {
  return pod === vhost ? 'vhost-user' : 'memif';
}

function macOf({ result }: Pod): string {
  return result.interfaces?.find(({ name }) => name === 'eth0')?.mac ?? '';
}

function socketOf({ result }: Pod): string {
  return result.interfaces?.[0]?.socketPath ?? '';
}

function planOf(number: number): NodePlan {
  const plan = plans.get(`node${number}`);
  assert.ok(plan);
  return plan;
}
