import { after } from 'node:test';
import { Agent } from '../agent.ts';
import { podPlan } from '../pod-plan.ts';
import { testRouter } from '../testing.ts';
import { Containerd } from './containerd.ts';

/** For the tests of a file: a containerd whose pods are in network red, and an agent that detaches those it has forgotten. */
export async function testContainerd(label: string) {
  const router = await testRouter();
  const containerd = new Containerd({
    namespace: router.namespace,
    label,
    agentSocket: `${router.directory}/agent.sock`,
    network: 'default/red',
  });
  after(() => containerd.close());
  const runtime = ['--runtime-endpoint', `unix://${containerd.socket}`, '--collect-after', '2'];
  const agent = await new Agent(router, podPlan({ networks: ['red'] }), runtime).start();
  after(() => agent.close());
  await containerd.start();
  return { router, containerd, agent };
}
