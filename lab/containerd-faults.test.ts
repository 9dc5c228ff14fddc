import assert from 'node:assert/strict';
import { test } from 'node:test';
import { devicesIn } from './agent.ts';
import type { ContainerPod } from './containerd/container-pod.ts';
import { testContainerd } from './containerd/testing.ts';
import { eventually } from './eventually.ts';
import { networkOf } from './lab-pod.ts';
import { assertPings } from './witness/ping.ts';

const { router, containerd, agent } = await testContainerd('containerd-faults');
const running = await containerd.pod({ name: 'running' });

test('a containerd that is killed amid thirty pods that come and go loses none for ever', async () => {
  for (const round of [1, 2, 3]) {
    const before = pairsIn(await devicesIn(router.namespace));
    const work = Array.from({ length: 10 }, (_, index) => comeAndGo(`r${round}-${index}`));
    await eventually(async () => {
      assert.ok(pairsIn(await devicesIn(router.namespace)) >= before + 2 * round);
    });
    await containerd.kill();
    await assertPings(networkOf(running), '10.244.0.1');
    await Promise.all(work);
    await containerd.forgetCutResults();
    await containerd.launch();
    await removeAllBut(running);
  }
  await assertPings(networkOf(running), '10.244.0.1', '-c 1');
  await eventually(() => assertNothingBut(1));
  const last = await containerd.pod({ name: 'last' });
  await assertPings(networkOf(last), running.ip4, '-c 1');
  await last.remove();
});

test('a pod that the runtime never spoke of again is detached, and its addresses are free', async () => {
  const args = 'K8S_POD_NAMESPACE=default;K8S_POD_NAME=forgotten;K8S_POD_UID=u1';
  const call = { command: 'ADD', container: 'forgotten', netns: running.netns, iface: 'net9', args } as const;
  await agent.call(call);
  await assertNothingBut(2);
  await eventually(() => assertNothingBut(1));
  assert.match(agent.log, /the runtime has forgotten this pod/);
});

test('a pod whose result containerd has lost is detached all the same', async () => {
  const pod = await containerd.pod({ name: 'cut' });
  const results = `/var/lib/cni/results/pods-${pod.sandbox}-*`;
  assert.equal(await containerd.cell.start(`truncate --size 0 ${results}`).ended, 0);
  await assert.rejects(pod.remove(), /unexpected end of JSON input/);
  await containerd.forgetCutResults();
  await pod.remove();
  await assertNothingBut(1);
});

/** What becomes of it when the runtime is killed is not its business. */
async function comeAndGo(name: string): Promise<void> {
  try {
    const pod = await containerd.pod({ name });
    await pod.remove();
  } catch {}
}

/** As a kubelet does when it finds pods that it does not want. */
async function removeAllBut({ sandbox }: ContainerPod): Promise<void> {
  await eventually(() => containerd.removeAll([sandbox]));
}

/** Interfaces of the router, host ends and routes are those of so many pods. */
async function assertNothingBut(count: number): Promise<void> {
  assert.equal((await router.list('interface show type vlan')).length, count);
  assert.equal(pairsIn(await devicesIn(router.namespace)), count);
  const routes = (await router.list('route show vrf red')).filter(({ destination }) =>
    /^10\.244\.1\..*\/32$/.test(String(destination)),
  );
  assert.equal(routes.length, count);
}

function pairsIn(devices: readonly string[]): number {
  return devices.filter((name) => /^mr-pod\d/.test(name)).length;
}
