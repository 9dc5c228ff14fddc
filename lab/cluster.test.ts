import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { type BackgroundProcess, isRunning } from './cluster/background.ts';
import { Place } from './cluster/place.ts';
import { readRecord } from './cluster/record.ts';
import { attempt, run } from './command.ts';
import { eventually } from './eventually.ts';
import { Program } from './program.ts';
import { millrace } from './router.ts';

// The command as people use it, with labs of names of their own: another may be up.
const name = `test-${process.pid}`;
const killed = `killed-${process.pid}`;
const lab = (...words: string[]) => attempt([millrace, 'lab', ...words], { timeoutMs: 120_000 });
after(async () => {
  await lab('down', name);
  await lab('down', killed);
});

test('a lab is up within a minute, however busy the machine is', async () => {
  const { status, stdout, stderr } = await lab('up', '--name', name);
  assert.equal(status, 0, stderr);
  const seconds = Number(/ready after ([\d.]+) s/.exec(stdout)?.[1]);
  assert.ok(seconds <= 60, stdout);
});

test('all checks of a lab that is up pass', async () => {
  const { status, stdout, stderr } = await lab('--lab', name, 'test');
  assert.equal(status, 0, stdout + stderr);
  for (const way of ['mplsoudp', 'mplsogre', 'vxlan', 'on one node'])
    assert.match(stdout, new RegExp(`vhost-user\\) .*${way}`));
  for (const way of ['vxlan', 'on one node']) assert.match(stdout, new RegExp(`memif\\) .*${way}`));
  for (const what of [', imported', 'do not see each other', 'the world outside, without NAT'])
    assert.ok(stdout.includes(what), what);
});

test('pods are containers, and one with a socket finds it in /dpdk', async () => {
  const { stdout } = await lab(
    '--lab',
    name,
    'exec',
    'blue/both',
    'sh',
    '-c',
    'hostname; ls /dpdk; ip -o link',
  );
  assert.match(stdout, /^both\n[\s\S]*dpdk-interfaces.json\n[\s\S]*net1.sock\n[\s\S]*eth0/);
  const node = await lab('--lab', name, 'exec', 'worker-1', 'ip', '-o', 'link');
  assert.match(node.stdout, / eth1@/);
});

test('applications run in the containers of their pods, without privilege', async () => {
  for (const [pod, socket] of [
    ['blue/both', 'net1'],
    ['blue/fast', 'eth0'],
  ]) {
    const look = `stat -c %u /dpdk/${socket}.sock; id -u; ps; grep CapEff /proc/self/status`;
    const { stdout } = await lab('--lab', name, 'exec', pod ?? '', 'sh', '-c', look);
    const testpmd = new RegExp(
      `^\\s*\\d+ 1000 .*dpdk-testpmd .*path=/dpdk/${socket}.sock|socket=/dpdk/${socket}.sock`,
      'm',
    );
    assert.match(stdout, testpmd);
    assert.match(stdout, /^CapEff:\s+0+$/m);
  }
});

test('the way of a packet is followed from a veth to an application, by label', async () => {
  const text = await trace('red/web', 'red/fast');
  const way = [
    '1  red/web, eth0',
    '2  router of worker-1, by pods',
    '3  underlay, link of worker-1',
    'mpls label',
    '4  underlay, link of worker-2',
    '5  router of worker-2, by uplink',
    '6  red/fast, eth0 (vhost-user)',
    'answered',
  ];
  assertInOrder(text, way);
});

test('and from an application to a TAP, in VXLAN, for IPv6', async () => {
  const text = await trace('red/fast', 'red/edge', '-6');
  assert.match(text, /1 {2}red\/fast, eth0[\s\S]*vxlan vni[\s\S]*ipv6[\s\S]*6 {2}red\/edge, eth0/);
});

test('and between two applications, by a packet that is injected where the first is attached', async () => {
  for (const [from, to, family] of [
    ['blue/both:net1', 'blue/fast', '-6'],
    ['blue/fast', 'blue/both:net1'],
  ]) {
    const text = await trace(from ?? '', to ?? '', ...(family ? [family] : []));
    const way = [
      `1  ${from?.split(':')[0]}, `,
      'not sent by it: injected into its router',
      '2  router of ',
      'port-rx -> ether-input',
      '3  underlay, link of ',
      'vxlan vni',
      '4  underlay, link of ',
      '5  router of ',
      `6  ${to?.split(':')[0]}, `,
      '\nanswered',
    ];
    assertInOrder(text, way);
  }
});

test('an object that is changed changes the way of packets', async () => {
  const file = `${new Place(name).objects}/red.yaml`;
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, before.replace('MPLSoUDP', 'MPLSoGRE'));
  await eventually(async () => assert.match(await trace('red/web', 'red/db'), /gre\n.*mpls label/));
});

test('a lab that nobody uses has at most one CPU busy', async () => {
  const { stdout, stderr } = await lab('--lab', name, 'busy', '3');
  const cpus = Number(/([\d.]+) {2}CPUs in all/.exec(stdout)?.[1]);
  assert.ok(cpus > 0 && cpus <= 1, stdout + stderr);
  assert.match((await lab('--lab', name, 'busy', 'soon')).stderr, /expected a number of seconds, got "soon"/);
});

test('a packet to a network that is not imported is dropped by name in the first router', async () => {
  const text = await trace('blue/web', 'shared/dns');
  assert.match(text, /router of worker-1[\s\S]*(drop ip4-no-route|ip4-error)[\s\S]*not answered/);
});

test('what is not there is refused by name', async () => {
  const { status, stderr } = await lab('--lab', name, 'exec', 'red/nobody', 'true');
  assert.equal(status, 1);
  assert.match(stderr, /expected a pod of red\/web, .*, got red\/nobody \(LAB_POD\)/);
  assert.match((await lab('up', '--name', name)).stderr, /expected no lab .*, there is one/);
});

test('nothing of a lab is left after down', async () => {
  const status = JSON.parse(await run([millrace, 'lab', '--lab', name, 'status', '--json']));
  const processes: readonly BackgroundProcess[] = status.processes;
  assert.ok(processes.length >= 9 && processes.every(isRunning));
  assert.equal((await lab('down', name)).status, 0);
  assertGone(name, processes);
});

test('what a lab that was killed on its way up has left is taken away, too', async () => {
  const up = new Program([millrace, 'lab', 'up', '--name', killed]);
  await up.said(/the operator/);
  const place = new Place(killed);
  await eventually(() => assert.ok((readRecord(place)?.processes.length ?? 0) > 2));
  await up.close('SIGKILL');
  const processes = readRecord(place)?.processes ?? [];
  assert.match((await lab('--lab', killed, 'ping', 'red/web', 'red/db')).stderr, /it was not finished/);
  assert.equal((await lab('down', killed)).status, 0);
  assertGone(killed, processes);
});

function assertInOrder(text: string, parts: readonly string[]): void {
  const places = parts.map((each) => text.indexOf(each));
  assert.ok(
    places.every((place, index) => place > (places[index - 1] ?? -1)),
    text,
  );
}

async function trace(from: string, to: string, ...options: readonly string[]): Promise<string> {
  const { stdout, stderr } = await lab('--lab', name, 'trace', from, to, ...options);
  return stdout + stderr;
}

function assertGone(each: string, processes: readonly BackgroundProcess[]): void {
  assert.deepEqual(
    readdirSync('/run/netns').filter((namespace) => namespace.startsWith(`millrace-${each}.`)),
    [],
  );
  assert.ok(!existsSync(`/run/millrace/lab/${each}`));
  assert.deepEqual(processes.filter(isRunning), []);
  const own = processes.map(({ pid }) => `mr-${pid}-`);
  const places = [...globSync('/run/mr-*'), ...globSync('/sys/fs/cgroup/*/m*')];
  const left = places.filter(
    (path) => own.some((start) => path.includes(start)) || path.endsWith(`-lab-${each}`),
  );
  assert.deepEqual(left, []);
}
