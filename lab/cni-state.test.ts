import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Agent, devicesIn, Pod } from './agent.ts';
import { run } from './command.ts';
import { eventually } from './eventually.ts';
import { podPlan } from './pod-plan.ts';
import { testRouter } from './testing.ts';
import { assertPings } from './witness/ping.ts';

const router = await testRouter();
const agent = new Agent(router, podPlan({ networks: ['red'] }));
after(() => agent.close());
const pods = ['a', 'b', 'c'].map((label) => new Pod(agent, label));
after(() => {
  for (const pod of pods) pod.close();
});
const [a, b, c] = pods as [Pod, Pod, Pod];
const ends = async () => (await devicesIn(router.namespace)).filter((name) => /^mr-pod\d/.test(name));

test('with a full disk an ADD fails and leaves nothing, pods go on, and all is well when there is room', async () => {
  await agent.startIn('size=512k');
  await a.add();
  await b.add();
  await fillUp(agent.stateInside);
  const refused = await agent.refusal({ command: 'ADD', ...c.words });
  assert.equal(refused.code, 5);
  assert.match(refused.details, /ledger.*full/);
  assert.deepEqual([await devicesIn(c), (await ends()).length], [[], 2]);
  await assertPings(a, b.ip4, '-c 1');
  rmSync(join(agent.stateInside, 'fill'));
  await c.add();
  await assertPings(c, a.ip4, '-c 1');
  for (const pod of pods) await pod.delete();
  assert.deepEqual(await ends(), []);
  await agent.close();
});

test('a state that cannot be written ends the agent with the reason', async () => {
  await assert.rejects(agent.startIn('ro'), /expected a file that can be written, got/);
  await agent.close();
});

test('a damaged ledger ends the agent with the reason and what to do; after that it clears away what nobody knows', async () => {
  await agent.start();
  await a.add();
  await agent.close('SIGKILL');
  const ledger = join(agent.state, 'ledger.sqlite');
  for (const file of [ledger, `${ledger}-wal`]) writeFileSync(file, 'no database'.repeat(1000));
  const program = agent.launch();
  assert.notEqual(await program.ended, 0);
  const [, command = ''] = /\bwith: (.+?) \(/.exec(program.stderr) ?? assert.fail(program.stderr);
  await run(['sh', '-c', command]);
  await agent.start();
  assert.deepEqual([await devicesIn(a), await ends()], [[], []]);
  assert.deepEqual(await router.list('interface show type vlan'), []);
  await a.add();
  await a.delete();
});

test('a plan that is none ends an agent that starts, and is left alone by one that runs', async () => {
  writeFileSync(agent.plan, '{ "node": ');
  agent.program.signal('SIGHUP');
  await agent.program.said(/the plan could not be taken/);
  await b.add();
  await b.delete();
  await agent.close();
  const program = agent.launch();
  assert.notEqual(await program.ended, 0);
  assert.match(program.stderr, /plan\.json/);
});

/** Takes what room there is. */
async function fillUp(directory: string): Promise<void> {
  await eventually(() =>
    run(['sh', '-c', `! dd if=/dev/zero of=${join(directory, 'fill')} bs=4k 2>/dev/null`]),
  );
}
