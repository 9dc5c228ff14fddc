import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { testContainerd } from './containerd/testing.ts';
import { eventually } from './eventually.ts';
import { networkOf } from './lab-pod.ts';
import { Doom } from './stress/doom.ts';
import { podLeftovers } from './stress/pod-leftovers.ts';
import { assertPings } from './witness/ping.ts';

const { router, containerd, agent } = await testContainerd('containerd-stress');
const running = await containerd.pod({ name: 'running' });
const patience = { timeoutMs: 60_000 };

test('containers come and go while router, agent and containerd are killed at random moments: nothing leaks', async () => {
  const doom = new Doom({ router, agent }, 500);
  for (let round = 1; round <= 3 || doom.routers === 0; round++) {
    const work = Array.from({ length: 8 }, (_, index) => comeAndGo(`r${round}-${index}`, index));
    await delay(300 + Math.random() * 1500); // whatever they are doing then
    await containerd.kill();
    await Promise.all(work);
    await containerd.launch();
    await removeOthers();
  }
  await doom.close();
  assert.ok(doom.agents > 0);
  await eventually(() => agent.call({ command: 'STATUS' }), patience);
  await removeOthers();
  await eventually(async () => assert.equal((await attachedPods()).length, 1), patience);
  await eventually(() => assertPings(networkOf(running), '10.244.0.1', '-c 1'), patience);
  const { faults } = await podLeftovers(router, agent, 1);
  assert.deepEqual(faults, []);
});

/** Every fourth has a socket as well. What becomes of it when something is killed is not its business. */
async function comeAndGo(name: string, index: number): Promise<void> {
  try {
    const others = index % 4 === 3 ? [{ network: 'default/red', kind: 'vhost-user' as const }] : [];
    const pod = await containerd.pod({ name, others });
    await pod.remove();
  } catch {}
}

/** As a kubelet does when it finds pods that it does not want. */
async function removeOthers(): Promise<void> {
  await eventually(() => containerd.removeAll([running.sandbox]), patience);
}

/** Those that the agent detaches because the runtime has forgotten them go a little later. */
async function attachedPods() {
  return router.list('interface show type vlan');
}
