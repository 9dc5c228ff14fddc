import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Agent, Pod } from './agent.ts';
import { podPlan } from './pod-plan.ts';
import { testRouter } from './testing.ts';
import { attachAndSend, type FirstPackets } from './witness/first-packets.ts';

const router = await testRouter();
const both = podPlan({ networks: ['both', 'old'] });
const subnets = both.subnets.filter(({ name }) => name !== 'default/old-6');
const gateways = ['10.244.0.1', 'fd00:244::1'];
const agent = new Agent(router, { ...both, subnets });
await agent.start();
after(() => agent.close());

// Where nobody waits for the kernel, it drops what comes first for one container in six.
test('nothing that answers the first packets of a pod is dropped on its way into it', async () => {
  for (let count = 0; count < 20; count++) await assertNoDrops({ network: 'both', kind: 'veth', gateways });
});

test('nor in a network of IPv4 alone, where there is less to wait for', async () => {
  for (let count = 0; count < 20; count++)
    await assertNoDrops({ network: 'old', kind: 'veth', gateways: gateways.slice(0, 1) });
});

test('nor on its way into a TAP', async () => {
  for (let count = 0; count < 10; count++) await assertNoDrops({ network: 'both', kind: 'tap', gateways });
});

async function assertNoDrops(sending: FirstPackets): Promise<void> {
  const pod = new Pod(agent, 'first');
  try {
    const drops = await attachAndSend(pod, sending);
    assert.deepEqual(drops.after, drops.before);
    await pod.delete();
  } finally {
    pod.close();
  }
}
