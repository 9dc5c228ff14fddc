import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Agent, devicesIn, Pod } from './agent.ts';
import { podPlan } from './pod-plan.ts';
import { testRouter } from './testing.ts';
import { assertFlows } from './witness/iperf.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

const router = await testRouter();
const agent = new Agent(router, podPlan({ networks: ['red', 'blue'], sticky: ['blue'] }));
await agent.start();
after(() => agent.close());

const pods: Pod[] = [];
after(() => {
  for (const pod of pods) pod.close();
});
function newPod(label: string): Pod {
  const pod = new Pod(agent, label);
  pods.push(pod);
  return pod;
}
const blue = { configuration: { name: 'blue', network: 'default/blue' } };
const [a, b, other] = [newPod('a'), newPod('b'), newPod('other')];
await a.add();
await b.add();
await other.add(blue);

test('pods of a node reach each other and their gateway, both families', async () => {
  for (const target of [b.ip4, b.ip6, '10.244.0.1', 'fd00:244::1']) await assertPings(a, target);
});

test('a pod asks nobody for routers, nor whether its own addresses are free', async () => {
  const settings = ['accept_ra', 'accept_dad'].map((name) => `/proc/sys/net/ipv6/conf/eth0/${name}`);
  assert.equal(await a.run(`cat ${settings.join(' ')}`), '0\n0\n');
  assert.match(await a.run('ip -6 address show dev eth0 scope link'), /fe80::(?!.*tentative)/);
});

test('the same addresses in two networks are different pods', async () => {
  assert.equal(other.ip4, a.ip4);
  await assertNoPing(other, b.ip4, '-c 1');
});

test('TCP between pods arrives whole, whatever offloads their interfaces have', async () => {
  await assertFlows(a, b, '-4 -n 20M');
});

test('a packet that is too large for the way is answered with the MTU', async () => {
  const refused = await a.attempt(`ping -c 1 -M do -s 1473 ${b.ip4}`);
  assert.match(refused.stdout + refused.stderr, /mtu.?=.?1500|too long/i);
});

test('ADD answers as the version asked for has it', async () => {
  assert.deepEqual(a.result.interfaces?.map(({ name, mtu }) => [name, mtu]).at(-1), ['eth0', 1500]);
  const old = newPod('old');
  await old.add({ configuration: { cniVersion: '0.3.1' } });
  assert.deepEqual(
    old.result.ips?.map(({ version }) => version),
    ['4', '6'],
  );
  assert.equal(old.result.interfaces?.at(-1)?.mtu, undefined);
  await old.delete();
});

test('DEL leaves nothing: not in the pod, on the host, in the router', async () => {
  const pod = await newPod('short').add();
  const before = await devicesIn(router.namespace);
  await pod.delete();
  await pod.delete();
  assert.deepEqual(await devicesIn(pod), []);
  assert.equal((await devicesIn(router.namespace)).length, before.length - 1);
  const names = (await router.list('interface show type vlan')).map(({ name }) => name);
  assert.equal(names.length, 3);
  assert.ok(!(await router.ctl('route show vrf red')).includes(`${pod.ip4}/32`));
  await agent.call({ command: 'DEL', container: 'never-seen' });
  for (const gateway of ['10.244.0.1', 'fd00:244::1']) await assertPings(a, gateway, '-c 1');
});

test('a pod whose namespace is gone is deleted all the same', async () => {
  const pod = await newPod('gone').add();
  pod.close();
  await agent.call({ command: 'DEL', container: pod.container });
  assert.equal((await router.list('interface show type vlan')).length, 3);
});

test('20 ADDs at once get 20 different addresses, and all reach each other', async () => {
  const many = Array.from({ length: 20 }, (_, index) => newPod(`m${index}`));
  await Promise.all(many.map((pod) => pod.add()));
  assert.equal(new Set(many.map(({ ip4 }) => ip4)).size, 20);
  for (const pod of many.slice(0, 3)) await assertPings(pod, many.at(-1)?.ip6 ?? '', '-c 1');
  await Promise.all(many.map((pod) => pod.delete()));
  assert.equal((await router.list('interface show type vlan')).length, 3);
});

test('static addresses and a MAC are given where they are free, and refused where not', async () => {
  const pod = newPod('static');
  const runtimeConfig = { ips: ['10.244.1.40/16'], mac: '02:00:00:00:00:99' };
  await pod.add({ configuration: { runtimeConfig } });
  assert.equal(pod.ip4, '10.244.1.40');
  assert.equal(pod.result.interfaces?.at(-1)?.mac, '02:00:00:00:00:99');
  const refused = await agent.refusal({
    command: 'ADD',
    ...newPod('second').words,
    configuration: { runtimeConfig },
  });
  assert.equal(refused.code, 100);
  await pod.delete();
});

test('a pod that comes back under its name has its addresses again where they are sticky', async () => {
  const named = { args: 'K8S_POD_NAMESPACE=default;K8S_POD_NAME=web-0;K8S_POD_UID=1', ...blue };
  const first = await newPod('web').add(named);
  await first.delete(blue);
  const stranger = await newPod('stranger').add(blue);
  const again = await newPod('again').add({ ...named, args: named.args.replace('UID=1', 'UID=2') });
  assert.deepEqual([again.ip4, again.ip6], [first.ip4, first.ip6]);
  assert.notEqual(stranger.ip4, first.ip4);
  for (const pod of [stranger, again]) await pod.delete(blue);
});

test('a failed ADD leaves nothing behind', async () => {
  const pod = newPod('taken');
  await pod.ip('link add eth0 type bridge');
  const refused = await agent.refusal({ command: 'ADD', ...pod.words });
  assert.match(refused.details, /EEXIST: file already exists/);
  assert.deepEqual(await devicesIn(pod), ['eth0']);
  assert.equal((await router.list('interface show type vlan')).length, 3);
  assert.equal((await agent.refusal({ command: 'ADD', ...a.words })).code, 100);
  const nowhere = { command: 'ADD', container: 'x', netns: '/run/netns/nowhere' } as const;
  assert.equal((await agent.refusal(nowhere)).code, 3);
});

test('CHECK finds what was changed behind its back', async () => {
  const pod = await newPod('checked').add();
  const call = { command: 'CHECK', ...pod.words, configuration: { prevResult: pod.result } } as const;
  await agent.call(call);
  await pod.ip(`address del ${pod.ip4}/16 dev eth0`);
  assert.match((await agent.refusal(call)).details, /lost its address/);
  await pod.delete();
  assert.equal((await agent.refusal(call)).code, 3);
});

test('GC detaches what is not valid any more, of its own network only', async () => {
  const pod = await newPod('garbage').add();
  const valid = [a, b].map(({ container }) => ({ containerID: container, ifname: 'eth0' }));
  await agent.call({ command: 'GC', configuration: { 'cni.dev/valid-attachments': valid } });
  assert.deepEqual(await devicesIn(pod), []);
  await assertPings(a, b.ip4, '-c 1');
  await assertPings(other, '10.244.0.1', '-c 1');
});

test('STATUS and VERSION tell what can be done', async () => {
  await agent.call({ command: 'STATUS' });
  const { supportedVersions } = await agent.call({ command: 'VERSION' });
  assert.deepEqual(supportedVersions, ['0.3.1', '0.4.0', '1.0.0', '1.1.0']);
});

test('what means nothing is refused with what was expected', async () => {
  const refuse = (configuration: Record<string, unknown>) =>
    agent.refusal({ command: 'ADD', container: 'x', netns: '/run/netns/x', configuration });
  assert.equal((await refuse({ cniVersion: '0.2.0' })).code, 1);
  assert.match((await refuse({ ipam: { type: 'host-local' } })).details, /got ipam/);
  assert.match((await refuse({ network: 'green' })).details, /default\/red, default\/blue; got "green"/);
  assert.equal((await agent.refusal({ command: 'ADD', container: '../x' })).code, 4);
});

test('a second agent of the node refuses to start', async () => {
  const second = new Agent(router, podPlan({ networks: [] }));
  const program = second.launch(`${agent.socket}.second`);
  assert.notEqual(await program.ended, 0);
  assert.match(program.stderr, /expected to be the only agent of this node/);
});

test('without an agent every call says what is missing, with error 11', async () => {
  const nobody = {
    command: 'ADD',
    ...a.words,
    configuration: { agentSocket: '/nowhere/agent.sock' },
  } as const;
  const { code, details } = await agent.refusal(nobody);
  assert.equal(code, 11);
  assert.match(details, /\/nowhere\/agent\.sock .*start it with: millrace agent/);
});
