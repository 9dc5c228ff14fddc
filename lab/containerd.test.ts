import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Attachment } from '../src/features/attachment/index.ts';
import { Agent, devicesIn } from './agent.ts';
import { Containerd } from './containerd/containerd.ts';
import { networkOf } from './lab-pod.ts';
import { podPlan } from './pod-plan.ts';
import { testRouter } from './testing.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

const router = await testRouter();
const plan = podPlan({ networks: ['red', 'blue'] });
const agent = await new Agent(router, plan).start();
after(() => agent.close());
const containerd = new Containerd({
  namespace: router.namespace,
  label: 'containerd',
  agentSocket: agent.socket,
  network: 'default/red',
});
after(() => containerd.close());
await containerd.start();

test('containers of two pods reach each other and their gateway, both families', async () => {
  const [a, b] = await Promise.all([containerd.pod({ name: 'a' }), containerd.pod({ name: 'b' })]);
  for (const target of [b.ip4, b.ip6, '10.244.0.1']) {
    const { status, stdout, stderr } = await a.run(`ping -c 1 ${target}`);
    assert.equal(status, 0, stdout + stderr);
    await assertPings(networkOf(a), target);
  }
  const server = b.start('nc -l -p 7 -e cat');
  await server.until(async () => (await b.run('netstat -ltn')).stdout.match(/:7 /), 'a listener');
  assert.equal((await a.run(`echo hello | nc ${b.ip4} 7`)).stdout, 'hello\n');
  await a.remove();
  await b.remove();
});

test('one ADD attaches all that a pod asks for in its annotations, and its removal takes all away', async () => {
  const others = [{ network: 'default/red', kind: 'tap' }, { network: 'default/blue' }] as const;
  const [mixed, red] = await Promise.all([
    containerd.pod({ name: 'mixed', first: { network: 'default/blue' }, others }),
    containerd.pod({ name: 'red' }),
  ]);
  const links = (await mixed.run('ip -o link')).stdout;
  for (const name of ['eth0', 'net1', 'net2']) assert.match(links, new RegExp(` ${name}[@:]`));
  await assertPings(networkOf(mixed), red.ip4, '-I net1');
  await assertNoPing(networkOf(mixed), red.ip4, '-I eth0 -c 1');
  assert.equal((await router.list('interface show type vlan')).length, 3);
  await mixed.remove();
  await red.remove();
  await assertNothing();
});

test('a pod that asks for what is not there does not start, and is told what is', async () => {
  const pod = containerd.pod({ name: 'wrong', others: [{ network: 'default/green' }] });
  await assert.rejects(pod, /default\/red, default\/blue; got "default\/green"/);
  const last = containerd.pod({
    name: 'last',
    others: [{ network: 'default/red', addresses: ['192.0.2.1'] }],
  });
  await assert.rejects(last, /192\.0\.2\.1/);
  await containerd.removeAll();
  await assertNothing();
});

test('attachments of the plan are made with the pod they name', async () => {
  const spec = {
    node: 'node1',
    network: 'default/blue',
    interface: 'net1',
    kind: 'veth',
    addresses: [],
  } as const;
  const wanted: Attachment = {
    apiVersion: 'millrace.dev/v1alpha1',
    kind: 'Attachment',
    metadata: { namespace: 'shop', name: 'web-net1' },
    spec: { ...spec, pod: { namespace: 'shop', name: 'web' } },
  };
  await agent.take({ ...plan, attachments: [wanted] });
  const pod = await containerd.pod({ name: 'web', namespace: 'shop' });
  assert.match((await pod.run('ip -o address show dev net1')).stdout, /10\.244\.1\.\d+\/16/);
  const other = await containerd.pod({ name: 'web' });
  assert.doesNotMatch((await other.run('ip -o link')).stdout, /net1/);
  await pod.remove();
  await other.remove();
  await assertNothing();
});

test('a pod that is removed leaves nothing: no sandbox, interface, route or namespace', async () => {
  const pod = await containerd.pod({ name: 'short' });
  assert.ok(existsSync(pod.netns));
  await pod.remove();
  assert.ok(!existsSync(pod.netns));
  await assertNothing();
});

test('without an agent a pod does not start, and the runtime is told why', async () => {
  await agent.close();
  await assert.rejects(containerd.pod({ name: 'early' }), /agent\.sock .*start it with: millrace agent/);
  await agent.start();
  await containerd.removeAll();
  await assertNothing();
});

/** No pod is left of anything: in the runtime, the router, and on the host. */
async function assertNothing(): Promise<void> {
  const { items } = await containerd.runtime.calls.listPodSandbox({});
  assert.deepEqual(
    items.map(({ metadata }) => metadata?.name),
    [],
  );
  assert.deepEqual(await router.list('interface show type vlan'), []);
  const ends = (await devicesIn(router.namespace)).filter((name) => /^mr-pod\d/.test(name));
  assert.deepEqual(ends, []);
  const namespaces = join(containerd.cell.directory, 'state/io.containerd.grpc.v1.cri/netns');
  assert.deepEqual(existsSync(namespaces) ? readdirSync(namespaces) : [], []);
}
