import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Type from 'typebox';
import { Errors } from 'typebox/value';
import { nodePlanSchema } from '../../features/plan/index.ts';
import { runExplain } from './run-explain.ts';
import { runPlan } from './run-plan.ts';

const examples = join(import.meta.dirname, '../../../deploy/examples');

for (const name of await readdir(examples)) {
  test(`the example ${name} is honoured in all its parts`, async () => {
    const { code, output, errors } = await runPlan(['--objects', join(examples, name)]);
    assert.equal(errors, '');
    assert.equal(code, 0);
    assert.match(output, /^node worker-1\n[\s\S]*\nnode worker-2\n/);
    assert.match(output, /\n {2}network /);
  });

  test(`plans of the example ${name} are what their schema says`, async () => {
    const { output } = await runPlan(['--objects', join(examples, name), '--json']);
    const strict = Type.Object(nodePlanSchema.properties, { additionalProperties: false });
    for (const line of output.trim().split('\n')) assert.deepEqual(Errors(strict, JSON.parse(line)), []);
  });
}

test('plan shows one node, and says which there are when it is another', async () => {
  const directory = join(examples, 'tenants');
  const one = await runPlan(['--objects', directory, '--node', 'worker-2']);
  assert.match(one.output, /^node worker-2\n/);
  assert.doesNotMatch(one.output, /^node worker-1/m);
  const none = await runPlan(['--objects', directory, '--node', 'worker-3']);
  assert.deepEqual(none, {
    code: 1,
    output: '',
    errors: 'error: expected a node with a router (worker-1, worker-2), got worker-3\n',
  });
});

test('plan says what is wrong, and still plans the rest', async (context) => {
  const directory = await copyOf(context, 'tenants');
  await writeFile(
    join(directory, 'bad.yaml'),
    'kind: Pond\n---\nkind: Subnet\napiVersion: millrace.dev/v1alpha1\n',
  );
  const { code, output, errors } = await runPlan(['--objects', directory]);
  assert.equal(code, 1);
  assert.match(output, /network red\/front/);
  assert.deepEqual(errors.trim().split('\n'), [
    'bad.yaml:1: Pond without a name: kind: expected one of Node, VRouter, VirtualNetwork, Subnet, Attachment, got "Pond"',
    'bad.yaml:3: Subnet without a name: metadata: expected fields, got nothing; spec: expected fields, got nothing',
  ]);
});

test('a program called wrongly says how it is called', async () => {
  for (const argv of [[], ['--what']]) {
    const { code, errors } = await runPlan(argv);
    assert.equal(code, 2);
    assert.match(errors, /^error: [\s\S]*Usage: millrace plan /);
  }
  for (const argv of [
    [],
    ['pond', 'x', '--objects', examples],
    ['pod', '--objects', examples],
    ['pod', 'x'],
  ]) {
    const { code, errors } = await runExplain(argv);
    assert.equal(code, 2);
    assert.match(errors, /^error: [\s\S]*Usage: millrace explain /);
  }
});

test('explain says what a pod has and how others reach it', async () => {
  const { output } = await runExplain(['pod', 'red/web', '--objects', join(examples, 'tenants')]);
  assert.equal(
    output,
    `pod red/web
  interface eth0: veth in red/front on worker-1, not made yet
    10.0.200.1: in red/front but in no block of its node, other nodes have a route to this one address
    VRF front-19ab7, mtu 1450, gateways 10.0.0.1/16 at 00:00:5e:00:01:00
  interface fast0: vhost-user in red/front on worker-1, not made yet
    VRF front-19ab7, mtu 1450, gateways 10.0.0.1/16 at 00:00:5e:00:01:00
`,
  );
});

test('explain says where a network is and where its numbers come from', async () => {
  const { output } = await runExplain(['network', 'segment', '--objects', join(examples, 'layer2')]);
  assert.match(output, /is for all nodes: worker-1, worker-2\n/);
  assert.match(output, /vni 100, as asked for\n/);
  assert.match(output, /label \d+, made of its id\n/);
  assert.match(
    output,
    /subnet default\/segment 172\.16\.0\.0\/20: gateway 172\.16\.0\.1, 2 blocks on 2 nodes/,
  );
});

test('explain says why a node is as it is', async () => {
  const { output } = await runExplain(['node', 'worker-1', '--objects', join(examples, 'one-network')]);
  assert.match(output, /router: VRouter default\/workers, which is for all nodes\n/);
  assert.match(output, /workers: CPUs 2, 3, of cpuCoreMask\n/);
  assert.match(output, /tunnels: 192\.0\.2\.1, 2001:db8::1, the first address of uplink\n/);
});

test('explain says what agents have made of a node and of a network', async (context) => {
  const objects = await copyOf(context, 'tenants');
  const statuses = await copyOf(context, 'tenants');
  const since = '2026-01-01T12:00:00.000Z';
  const reasons = ['label add 16 vrf x: expected a label of its own, got one that is taken'];
  const progress = {
    'VRouter default/laptop': { state: 'ready', since, reasons: [] },
    'VirtualNetwork red/front': { state: 'failed', since, reasons },
  };
  await writeFile(join(statuses, 'worker-1.json'), JSON.stringify({ node: 'worker-1', objects: progress }));
  const explain = (...name: string[]) =>
    runExplain([...name, '--objects', objects, '--statuses', statuses]).then(({ output }) => output);
  const ofNode = await explain('node', 'worker-1');
  assert.match(ofNode, /VRouter default\/laptop: as planned since 2026-01-01T12:00:00.000Z\n/);
  assert.match(ofNode, /VirtualNetwork red\/front: not as planned since \S+\n +label add 16/);
  assert.match(
    await explain('network', 'red/front'),
    /on worker-1: not as planned since \S+\n +label add 16/,
  );
  assert.doesNotMatch(await explain('node', 'worker-2'), /as planned/);
});

test('explain knows when there is no such thing', async () => {
  for (const what of ['pod', 'network', 'node']) {
    const { code, errors } = await runExplain([what, 'ghost', '--objects', join(examples, 'tenants')]);
    assert.equal(code, 1);
    assert.equal(errors, `error: expected the name of a ${what}, got ghost\n`);
  }
});

async function copyOf(context: TestContext, example: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'plan-'));
  context.after(() => rm(directory, { recursive: true }));
  await cp(join(examples, example), directory, { recursive: true });
  return directory;
}
