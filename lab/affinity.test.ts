import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { iperf } from './witness/iperf.ts';
import { answeredDuring, assertPings } from './witness/ping.ts';

const { router, hosts } = await testTopology({
  flags: ['--control-cpus', '0', '--datapath-cpus', '1'],
  hosts: { red: { port: 'rxqs 2' }, blue: {} },
});
const { red, blue } = hosts;

test('the worker is pinned to the datapath CPU, everything else to the control CPU', async () => {
  assert.match(await router.ctl('affinity cpus show'), /control_cpus: 0\s+datapath_cpus: 1/);
  assert.deepEqual(new Set(cpusOfThreads()), new Set(['0', '1']));
  assert.equal(cpusOfThreads().filter((cpus) => cpus === '1').length, 1);
});

test('workers move, come and go while packets flow, and none is lost', async () => {
  const move = async () => {
    for (const cpus of ['0', '0-1', '1', '0,1', '1']) {
      await router.ctl(`affinity cpus set datapath ${cpus}`);
      await assertPings(red, blue.ip4, '-c 2');
    }
  };
  const often = { everyMs: 5 };
  const moveUnder6 = async () => assertNoGap(await answeredDuring(red, blue.ip6, move, often));
  assertNoGap(await answeredDuring(red, blue.ip4, moveUnder6, often));
  assert.equal(cpusOfThreads().filter((cpus) => cpus === '1').length, 1);
});

test('queues move between two workers while TCP flows', async () => {
  await router.ctl('affinity cpus set datapath 0-1');
  const flow = iperf(red, blue, '-4 -t 2');
  for (const cpu of [0, 1, 0, 1]) {
    await router.ctl(`affinity qmap set red rxq 0 cpu ${cpu}\naffinity qmap set blue rxq 0 cpu ${1 - cpu}`);
    await eventually(async () => {
      const queues = await router.list('affinity qmap show');
      assert.equal(queues.find((queue) => queue.iface === 'red' && queue.rxq_id === 0)?.cpu_id, cpu);
    });
  }
  const { megabitsPerSecond } = await flow;
  assert.ok(megabitsPerSecond > 10, `${megabitsPerSecond} Mbit/s`);
  assert.equal((await router.list('affinity qmap show')).length, 3);
  const busy = await Promise.all([0, 1].map((cpu) => router.list(`stats show software brief cpu ${cpu}`)));
  for (const [stages] of busy) assert.ok(Number(stages?.['port-rx']) > 0);
  await router.ctl('affinity cpus set datapath 1');
});

test('a CPU that is not there is refused, and so is a queue that is not', async () => {
  for (const line of [
    'affinity cpus set datapath 77',
    'affinity cpus set control 77',
    'affinity qmap set red rxq 5 cpu 1',
    'affinity qmap set red rxq 0 cpu 0',
  ]) {
    const refused = await router.attempt(line);
    assert.equal(refused.status, 1, line);
    assert.match(refused.stderr, /expected .*, got/s);
  }
  await assertPings(red, blue.ip4);
});

/** Which CPUs each thread of the router may run on. */
function cpusOfThreads(): readonly string[] {
  const tasks = `/proc/${router.program.pid}/task`;
  return readdirSync(tasks).map((thread) => {
    const status = readFileSync(`${tasks}/${thread}/status`, 'utf8');
    return /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '';
  });
}

/** Every ping was answered, once and in turn. */
function assertNoGap(answered: readonly number[]): void {
  assert.deepEqual(
    answered,
    [...answered.keys()].map((place) => place + 1),
  );
}
