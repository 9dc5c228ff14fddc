import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Agent, devicesIn } from './agent.ts';
import { Containerd } from './containerd/containerd.ts';
import { networkOf } from './lab-pod.ts';
import { podPlan } from './pod-plan.ts';
import { testRouter } from './testing.ts';
import { assertPings } from './witness/ping.ts';

const router = await testRouter();
const agent = await new Agent(router, podPlan({ networks: ['red', 'blue'] })).start();
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
