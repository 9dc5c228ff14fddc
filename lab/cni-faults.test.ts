import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Agent, devicesIn, Pod } from './agent.ts';
import { eventually } from './eventually.ts';
import { podPlan } from './pod-plan.ts';
import { testRouter } from './testing.ts';
import { assertPings } from './witness/ping.ts';

const router = await testRouter();
const agent = await new Agent(router, podPlan({ networks: ['red'] })).start();
after(() => agent.close());
const pods = ['a', 'b'].map((label) => new Pod(agent, label));
after(() => {
  for (const pod of pods) pod.close();
});
const [a, b] = pods as [Pod, Pod];
await a.add();
await b.add();

test('a router that was killed is told of all pods again; they keep their interfaces and addresses', async () => {
  const before = await a.run('ip -br address show dev eth0 scope global');
  await router.stop('SIGKILL');
  await eventually(async () => assert.equal((await agent.refusal({ command: 'STATUS' })).code, 50));
  assert.equal((await agent.refusal({ command: 'ADD', container: 'c', netns: '/run/netns/c' })).code, 11);
  await router.start();
  await eventually(() => assertPings(a, b.ip4, '-c 1'));
  await eventually(() => assertPings(b, a.ip6, '-c 1'));
  assert.equal(await a.run('ip -br address show dev eth0 scope global'), before);
  await eventually(() => agent.call({ command: 'STATUS' }));
});

test('a pod that is deleted while there is no router is gone when it comes back', async () => {
  const pod = new Pod(agent, 'c');
  await pod.add();
  await router.stop('SIGKILL');
  await pod.delete();
  await router.start();
  await eventually(() => agent.call({ command: 'STATUS' }));
  await assertNothingBut(2);
  pod.close();
});

test('an agent that is killed amid ADDs and DELs leaves nothing that its successor does not clean', async () => {
  const many = Array.from({ length: 12 }, (_, index) => new Pod(agent, `k${index}`));
  for (const round of [1, 2, 3]) {
    const calls = many.map((pod) => quietly(pod.add().then(() => pod.delete())));
    await eventually(async () => assert.ok((await devicesIn(router.namespace)).length > 5 + round));
    await agent.close('SIGKILL');
    await Promise.all(calls);
    await agent.start();
    for (const pod of many) await pod.delete();
    for (const pod of many) assert.deepEqual(await devicesIn(pod), []);
    await assertNothingBut(2);
  }
  await assertPings(a, b.ip4, '-c 1');
  for (const pod of many) pod.close();
});

test('a DEL that comes before its ADD has finished undoes it', async () => {
  const pod = new Pod(agent, 'early');
  const adding = quietly(pod.add().then(() => undefined));
  await eventually(async () => assert.ok((await devicesIn(router.namespace)).includes('mr-pod3')), {
    everyMs: 1,
  });
  await pod.delete();
  await adding;
  await pod.delete(); // where the ADD was the later one after all
  assert.deepEqual(await devicesIn(pod), []);
  await assertNothingBut(2);
  pod.close();
});

test('what somebody has added to the router behind the ledger is removed', async () => {
  await router.ctl('interface add vlan pod77 parent pods vlan_id 77');
  await agent.close();
  await agent.start();
  await assertNothingBut(2);
});

/** Interfaces of the router, host ends and addresses in the ledger are those of so many pods. */
async function assertNothingBut(count: number): Promise<void> {
  const vlans = await router.list('interface show type vlan');
  assert.equal(vlans.length, count);
  const ends = (await devicesIn(router.namespace)).filter((name) => /^mr-pod\d/.test(name));
  assert.equal(ends.length, count);
  const hosts = (await router.list('route show vrf red')).filter(({ destination }) =>
    /^10\.244\.1\..*\/32$/.test(String(destination)),
  );
  assert.equal(hosts.length, count);
}

/** What the death of an agent makes of a call is no failure of the test. */
function quietly(call: Promise<void>): Promise<void> {
  return call.catch(() => undefined);
}
