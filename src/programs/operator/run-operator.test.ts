import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { parse } from 'yaml';
import type { Round } from './reconcile.ts';
import { runOperator } from './run-operator.ts';

const node = (name: string) => `---\napiVersion: v1\nkind: Node\nmetadata: { name: ${name} }\n`;
const ours = (kind: string, name: string, spec: string) =>
  `---\napiVersion: millrace.dev/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

const cluster = [
  node('a'),
  ours(
    'VRouter',
    'all',
    '{ ports: [{ name: up, device: net_null0, nodes: { a: { addresses: [192.0.2.1/24] }, b: { addresses: [192.0.2.2/24] } } }] }',
  ),
  ours('VirtualNetwork', 'blue', '{}'),
  ours('Subnet', 'pods', '{ network: blue, prefix: 10.0.0.0/16 }'),
].join('');

test('writes plans and status, and again what changed', async (context) => {
  const { objects, plans, run } = await open(context);
  await writeFile(join(objects, 'a.yaml'), cluster);
  let before = '';
  await run(async ({ plans: count }) => {
    if (count === 1) {
      before = await readFile(join(plans, 'a.json'), 'utf8');
      await writeFile(join(objects, 'b.yaml'), node('b'));
    }
    return count === 2;
  });
  const [first, after] = [JSON.parse(before), JSON.parse(await readFile(join(plans, 'a.json'), 'utf8'))];
  assert.deepEqual(after.subnets, first.subnets);
  assert.equal(after.vrfs[1].routes.length, 2);
  assert.deepEqual((await readdir(plans)).sort(), ['a.json', 'b.json']);
  const status = await readFile(join(objects, '.status/Subnet/default/pods.yaml'), 'utf8');
  assert.ok(status.includes(after.subnets[0].blocks[0]), status);
});

test('what an object could not be honoured for is in its status, and the plans of gone nodes go', async (context) => {
  const { objects, plans, run } = await open(context);
  await writeFile(join(plans, 'ghost.json'), '{}');
  await writeFile(
    join(objects, 'a.yaml'),
    cluster + ours('Subnet', 'lost', '{ network: none, prefix: 10.1.0.0/16 }'),
  );
  await run(async () => true);
  assert.deepEqual(await readdir(plans), ['a.json']);
  const status = await readFile(join(objects, '.status/Subnet/default/lost.yaml'), 'utf8');
  assert.match(status, /reasons:\n {2}- .*expected a VirtualNetwork default\/none/);
});

test('what agents have made of plans is in the status of objects, and makes no plan anew', async (context) => {
  const { objects, statuses, run } = await open(context);
  await writeFile(join(objects, 'a.yaml'), cluster + node('b'));
  const rounds: (readonly string[])[] = [];
  const status = () => readFile(join(objects, '.status/VirtualNetwork/default/blue.yaml'), 'utf8');
  await run(async ({ changed }) => {
    rounds.push(changed);
    if (rounds.length === 1) await say(statuses, 'a', []);
    if (rounds.length === 1) await say(statuses, 'b', ['route 10.0.0.0/24: expected room']);
    return (await status()).includes('expected room');
  });
  const { agents, id } = parse(await status());
  assert.deepEqual(agents, {
    ready: 1,
    failed: { b: { since: SINCE, reasons: ['route 10.0.0.0/24: expected room'] } },
  });
  assert.equal(typeof id, 'number');
  const again: (readonly string[])[] = [];
  await run(async ({ changed }) => {
    again.push(changed);
    if (again.length === 1) await say(statuses, 'b', []);
    return (await status()).includes('ready: 2');
  });
  assert.deepEqual(again.slice(1).flat(), []);
});

const SINCE = '2026-01-01T00:00:00.000Z';

/** What the agent of a node writes. */
async function say(statuses: string, name: string, reasons: readonly string[]): Promise<void> {
  const state = reasons.length === 0 ? 'ready' : 'failed';
  const blue = { state, since: SINCE, reasons };
  await writeFile(
    join(statuses, `${name}.new`),
    JSON.stringify({ node: name, objects: { 'VirtualNetwork default/blue': blue } }),
  );
  await rename(join(statuses, `${name}.new`), join(statuses, `${name}.json`));
}

/** Runs the operator until a round was the last one. */
async function open(context: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'operator-'));
  context.after(() => rm(directory, { recursive: true }));
  const [objects, plans, statuses] = [
    await mkdtemp(join(directory, 'objects-')),
    await mkdtemp(join(directory, 'plans-')),
    await mkdtemp(join(directory, 'statuses-')),
  ];
  const run = async (isLast: (round: Round) => Promise<boolean>) => {
    const end = new AbortController();
    const judged: Promise<void>[] = [];
    const judge = async (round: Round) => {
      if (await isLast(round)) end.abort();
    };
    await runOperator({ objects, plans, statuses }, end.signal, (round) => judged.push(judge(round)));
    await Promise.all(judged);
  };
  return { objects, plans, statuses, run };
}
