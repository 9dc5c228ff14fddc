import { Agent, Pod } from '../agent.ts';
import { eventually } from '../eventually.ts';
import { podPlan } from '../pod-plan.ts';
import { Router } from '../router.ts';
import { Doom } from './doom.ts';
import { Findings, type Outcome } from './outcome.ts';
import { podLeftovers } from './pod-leftovers.ts';
import { PodLife } from './pod-life.ts';
import { PodPings } from './pod-pings.ts';

/** How many pods come and go, how many of them at a time, and what that may cost those that stay. */
export interface PodStress {
  readonly pods: number;
  readonly atOnce: number;
  /** Router or agent is killed this often, in the middle. */
  readonly killEveryMs: number;
  /** The longest time that two pods that stay may be without each other. */
  readonly mostGapMs: number;
}

/**
 * Makes and deletes pods by the CNI executable, as a runtime does, while router, agent and callers are killed at random
 * moments. Afterwards nothing is left of any of them, and two pods that were there all the time have kept each other.
 */
export async function stressPods(plan: PodStress): Promise<Outcome> {
  const findings = new Findings();
  await using router = await new Router({ name: 'podstress' }).start();
  await using agent = await new Agent(router, podPlan({ networks: ['red'], wide: true })).start();
  await using pods = new AsyncDisposableStack();
  const [left, right] = [new Pod(agent, 'left'), new Pod(agent, 'right')];
  for (const pod of [left, right]) {
    pods.defer(() => pod.close());
    await pod.add();
  }
  const pings = new PodPings(left, right.ip4);
  const doom = new Doom({ router, agent }, plan.killEveryMs);
  const lives = await liveAndDie(agent, plan);
  await doom.close();
  await eventually(() => agent.call({ command: 'STATUS' }), { timeoutMs: 60_000 });
  for (const { words, result } of [left, right])
    await agent.call({ command: 'CHECK', ...words, configuration: { prevResult: result } });
  const { longestGapMs } = await pings.close();
  const failed = lives.reduce((sum, { failedAdds }) => sum + failedAdds, 0);
  findings.note('pods made and deleted', lives.length);
  findings.note('ADDs that failed meanwhile', failed);
  findings.note(
    'kills of router, agent, callers',
    `${doom.routers}, ${doom.agents}, ${killedCallers(lives)}`,
  );
  findings.note('longest time that two pods were without each other', `${Math.round(longestGapMs)} ms`);
  findings.expect(
    longestGapMs <= plan.mostGapMs,
    `expected a gap of at most ${plan.mostGapMs} ms, got ${longestGapMs}`,
  );
  findings.add(await podLeftovers(router, agent, 2));
  return findings;
}

/** Pods of which some have the kernel's interface and some a socket. */
async function liveAndDie(agent: Agent, { pods, atOnce }: PodStress): Promise<readonly PodLife[]> {
  const lives = Array.from({ length: pods }, (_, index) => new PodLife(agent, index));
  const waiting = [...lives];
  const lane = async () => {
    for (let life = waiting.shift(); life !== undefined; life = waiting.shift()) await life.live();
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return lives;
}

function killedCallers(lives: readonly PodLife[]): number {
  return lives.reduce((sum, life) => sum + life.killedCalls, 0);
}
