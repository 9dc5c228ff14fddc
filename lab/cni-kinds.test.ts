import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Attachment } from '../src/features/attachment/index.ts';
import { Agent, Pod } from './agent.ts';
import { run } from './command.ts';
import { DpdkApp } from './dpdk-app.ts';
import { eventually } from './eventually.ts';
import { podPlan } from './pod-plan.ts';
import { millrace } from './router.ts';
import { testRouter } from './testing.ts';
import { assertFlows } from './witness/iperf.ts';
import { assertPings } from './witness/ping.ts';

const router = await testRouter();
const agent = await new Agent(router, podPlan({ networks: ['red'] })).start();
after(() => agent.close());
const plain = await new Pod(agent, 'plain').add();
after(() => plain.close());

test('a TAP in a pod carries both families and TCP, and goes with DEL', async () => {
  const pod = await new Pod(agent, 'tap').add({ configuration: { kind: 'tap' } });
  for (const target of [plain.ip4, plain.ip6, '10.244.0.1']) await assertPings(pod, target);
  await assertFlows(plain, pod, '-4 -n 2M');
  await pod.delete();
  assert.doesNotMatch(await pod.run('ip link'), /eth0/);
  pod.close();
});

test('a pod with an ordinary interface and a vhost-user one finds in /dpdk which is which', async () => {
  const pod = await new Pod(agent, 'mixed').add();
  const CNIDeviceInfoFile = join(router.directory, 'devinfo', 'mixed-net1');
  const fast = { iface: 'net1', configuration: { kind: 'vhost-user', runtimeConfig: { CNIDeviceInfoFile } } };
  const result = await agent.call({ command: 'ADD', ...pod.words, ...fast });
  const folder = join(agent.pods, pod.container);
  const socket = join(folder, 'net1.sock');
  assert.equal(result.interfaces?.[0]?.socketPath, socket);
  assert.equal(statSync(folder).mode & 0o777, 0o777);
  const [described] = JSON.parse(readFileSync(join(folder, 'dpdk-interfaces.json'), 'utf8'));
  assert.deepEqual(described, {
    name: 'net1',
    type: 'vhost-user',
    network: 'default/red',
    'vhost-adaptor-path': '/dpdk/net1.sock',
    'vhost-adaptor-mode': 'client',
    'mac-address': result.interfaces?.[0]?.mac,
    mtu: 1500,
    'ipv4-address': result.ips?.[0]?.address,
    'ipv4-gateway': '10.244.0.1',
    'ipv6-address': result.ips?.[1]?.address,
    'ipv6-gateway': 'fd00:244::1',
  });
  assert.deepEqual(JSON.parse(readFileSync(CNIDeviceInfoFile, 'utf8')), {
    version: '1.1.0',
    type: 'vhost-user',
    'vhost-user': { mode: 'server', path: '/dpdk/net1.sock' },
  });
  {
    const device = `net_virtio_user0,path=${socket},server=1,mac=${described['mac-address']}`;
    await using app = new DpdkApp({ directory: folder, ports: 1, devices: [device] });
    await app.forward('icmpecho', [0]);
    await eventually(() => assertPings(plain, addressOf(result.ips?.[0]), '-c 1'));
    await assertPings(pod, '10.244.0.1');
    await app.forward('5tswap', [0]);
    await assertPings(plain, addressOf(result.ips?.[1]));
  }
  const objects = JSON.parse(readFileSync(join(folder, 'attachments.json'), 'utf8'));
  assert.deepEqual(
    objects.map(({ spec, status }: Attachment) => [spec.interface, spec.kind, status?.state, status?.vrf]),
    [
      ['eth0', 'veth', 'ready', 'red'],
      ['net1', 'vhost-user', 'ready', 'red'],
    ],
  );
  const said = await run([millrace, 'explain', 'pod', pod.container, '--agent', agent.state]);
  assert.match(said, /interface eth0: veth in default\/red on node1, ready since/);
  assert.match(said, new RegExp(`socket ${socket}`));
  assert.match(said, /next hop \d+\n +label 2000\n/);
  await agent.call({ command: 'DEL', ...pod.words, ...fast });
  assert.ok(!existsSync(folder) && !existsSync(CNIDeviceInfoFile));
  await pod.delete();
  pod.close();
});

test('an application over memif is a client of the router', async () => {
  const words = { container: 'memif', netns: `/run/netns/${plain.name}`, iface: 'net1' };
  const configuration = { kind: 'memif' };
  const result = await agent.call({ command: 'ADD', ...words, configuration });
  const [made] = result.interfaces ?? [];
  assert.equal(statSync(made?.socketPath ?? '').mode & 0o777, 0o666);
  {
    const device = `net_memif0,role=client,socket=${made?.socketPath},socket-abstract=no,mac=${made?.mac}`;
    await using app = new DpdkApp({ directory: agent.pods, ports: 1, devices: [device] });
    await app.forward('icmpecho', [0]);
    await eventually(() => assertPings(plain, addressOf(result.ips?.[0]), '-c 1'));
  }
  await agent.call({ command: 'DEL', ...words, configuration });
  assert.deepEqual(readdirSync(agent.pods), []);
  const asServer = { ...configuration, socketOwner: 'pod' };
  assert.equal((await agent.refusal({ command: 'ADD', ...words, configuration: asServer })).code, 7);
});

test('nothing of any kind stays in the router', async () => {
  const names = (await router.list('interface show')).map(({ name }) => String(name));
  assert.deepEqual(
    names.filter((name) => name.startsWith('pod')),
    ['pods', 'pod1'],
  );
});

function addressOf(ip: { readonly address: string } | undefined): string {
  return (ip?.address ?? '').replace(/\/.*/, '');
}
