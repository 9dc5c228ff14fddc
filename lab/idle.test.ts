import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { assertPings } from './witness/ping.ts';

// What a worker must still do when it sleeps until somebody comes.

const { router, hosts } = await testTopology({
  flags: ['--control-cpus', '0', '--datapath-cpus', '1'],
  hosts: { red: {}, blue: {}, green: {} },
});
const { red, blue } = hosts;
/** The number of ppoll on x86-64 and on arm64. */
const PPOLL = ['271', '73'];

test('an idle worker answers, and passes packets on', async () => {
  await idle();
  await assertPings(red, red.gateway4, '-c 1');
  await idle();
  await assertPings(red, blue.ip4, '-c 1');
});

test('an idle worker moves to another CPU and back, and is joined and left by another', async () => {
  for (const cpus of ['0', '0,1', '1']) {
    await idle();
    await router.ctl(`affinity cpus set datapath ${cpus}`);
    await idle();
    await assertPings(red, blue.ip4, '-c 1');
  }
});

test('a port can be taken away while its worker sleeps at it', async () => {
  await idle();
  await router.ctl('interface del green');
  assert.equal((await router.list('interface show')).filter(({ name }) => name === 'green').length, 0);
  await idle();
  await assertPings(red, blue.ip4, '-c 1');
});

/** Resolves when some thread waits in ppoll(2): only workers do, event loops wait otherwise. */
async function idle(): Promise<void> {
  const tasks = `/proc/${router.program.pid}/task`;
  await eventually(() => {
    const calls = readdirSync(tasks).map((thread) => readFileSync(`${tasks}/${thread}/syscall`, 'utf8'));
    assert.ok(
      calls.some((call) => PPOLL.includes(call.split(' ')[0] ?? '')),
      calls.join(''),
    );
  });
}
