import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Agent } from './agent.ts';
import type { ContainerPod, ContainerPodOptions } from './containerd/container-pod.ts';
import { Containerd } from './containerd/containerd.ts';
import { dpdkImageOf, dpdkImageOfHost } from './containerd/dpdk-image.ts';
import { DpdkApp } from './dpdk-app.ts';
import { eventually } from './eventually.ts';
import { networkOf } from './lab-pod.ts';
import { podPlan } from './pod-plan.ts';
import { testRouter } from './testing.ts';
import { assertPings } from './witness/ping.ts';

const router = await testRouter();
const agent = await new Agent(router, podPlan({ networks: ['red'] })).start();
after(() => agent.close());
const containerd = new Containerd({
  namespace: router.namespace,
  label: 'containerd-dpdk',
  agentSocket: agent.socket,
  network: 'default/red',
});
after(() => containerd.close());
await containerd.start();
const plain = await containerd.pod({ name: 'plain' });

const fast = { network: 'default/red', kind: 'vhost-user' } as const;
const image = await dpdkImageOfHost(containerd.cell.directory);
await containerd.importImage(image.file);
const pod = await dpdkPod('fast', { image: image.name });

test('an unprivileged DPDK application in a container and a plain pod reach each other, both families', async () => {
  await using _ = await startApp(pod, 'icmpecho');
  const { ip4, ip6 } = await describedIn(pod);
  await eventually(() => assertPings(networkOf(plain), ip4, '-c 1'));
  await _.forward('5tswap', [0]);
  await eventually(() => assertPings(networkOf(plain), ip6, '-c 1'));
});

test('an application that was killed leaves no socket in the way of the next', async () => {
  const socket = join(agent.pods, 'fast-uid', 'net1.sock');
  const first = await startApp(pod, '5tswap');
  await eventually(async () => assertPings(networkOf(plain), (await describedIn(pod)).ip4, '-c 1'));
  assert.ok(existsSync(socket));
  await pod.run('killall -9 dpdk-testpmd');
  await eventually(() => assert.ok(!existsSync(socket)));
  await first.close();
  await using _ = await startApp(pod, '5tswap');
  await eventually(async () => assertPings(networkOf(plain), (await describedIn(pod)).ip4, '-c 1'));
});

test('an application stays when the router is killed, and may start before it', async () => {
  const { ip4 } = await describedIn(pod);
  const stays = await startApp(pod, '5tswap');
  await eventually(() => assertPings(networkOf(plain), ip4, '-c 1'));
  await router.stop('SIGKILL');
  await router.start();
  await eventually(() => assertPings(networkOf(plain), ip4, '-c 1'));
  await stays.close();
  await router.stop('SIGKILL');
  const early = startApp(pod, '5tswap');
  await router.start();
  await using _ = await early;
  await eventually(() => assertPings(networkOf(plain), ip4, '-c 1'));
});

test('an application with the DPDK of another Debian release, in hugepages of its own, is reached as well', async () => {
  const other = await dpdkImageOf('24.11', 'trixie');
  await containerd.importImage(other.file);
  const next = await dpdkPod('next', { image: other.name, first: fast, others: [] });
  assert.match((await next.run('ls /usr/lib/*/dpdk')).stdout, /pmds-25/);
  await using _ = await startApp(next, '5tswap', { memory: ['--huge-dir', '/dev/hugepages'] });
  const { ip4, ip6 } = await describedIn(next);
  await eventually(() => assertPings(networkOf(plain), ip4, '-c 1'));
  await assertPings(networkOf(plain), ip6);
});

function dpdkPod(name: string, options: Partial<ContainerPodOptions>): Promise<ContainerPod> {
  const uid = `${name}-uid`;
  return containerd.pod({
    name,
    uid,
    others: [fast],
    mounts: [{ host: join(agent.pods, uid), container: '/dpdk' }],
    hugepages: true,
    user: 1000,
    ...options,
  });
}

/** Starts testpmd as its container's user, by what the container finds in /dpdk. */
async function startApp(
  own: ContainerPod,
  mode: '5tswap' | 'icmpecho',
  options: { readonly memory?: readonly string[] } = {},
): Promise<DpdkApp> {
  const { path, mac } = await describedIn(own);
  const devices = [`net_virtio_user0,path=${path},server=1,mac=${mac}`];
  const launch = (line: string) => own.start(line);
  const app = new DpdkApp({
    directory: '/',
    ports: 1,
    devices,
    launch,
    name: own.name,
    followsLinks: true,
    ...options,
  });
  await app.forward(mode, [0]);
  return app;
}

async function describedIn(own: ContainerPod) {
  const [found] = JSON.parse((await own.run('cat /dpdk/dpdk-interfaces.json')).stdout);
  const bare = (text: string) => text.replace(/\/.*/, '');
  return {
    path: String(found['vhost-adaptor-path']),
    mac: String(found['mac-address']),
    ip4: bare(found['ipv4-address']),
    ip6: bare(found['ipv6-address']),
  };
}
