import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureRestart } from './restart.ts';
import { Router } from './router.ts';
import { startTopology } from './topology.ts';

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`hosts are connected again after a router ended by ${signal} starts with its configuration`, async (context) => {
    await using topology = await startTopology({ hosts: { red: { link: 'veth' }, blue: { link: 'veth' } } });
    const { gapMs, startupMs, ealMs } = await measureRestart(topology, signal);
    context.diagnostic(`gap ${gapMs.toFixed(0)} ms; ready after ${startupMs} ms, EAL's start ${ealMs} ms`);
    assert.ok(gapMs > 1, 'the router was not away at all');
  });
}

test('hosts are connected again after another router has taken over', async (context) => {
  await using topology = await startTopology({ hosts: { red: { link: 'veth' }, blue: { link: 'veth' } } });
  const { gapMs, startupMs } = await measureRestart(topology, 'take-over');
  context.diagnostic(`gap ${gapMs.toFixed(0)} ms; ready after ${startupMs} ms`);
  assert.ok(gapMs > 1, 'the router was not away at all');
  assert.ok(gapMs < startupMs, `away for ${gapMs} ms of ${startupMs}, as if it had been ended first`);
});

test('a router takes over from no program but a router', async () => {
  await using router = new Router({ flags: ['--take-over'] });
  const listener = `require('net').createServer().listen('${router.socket}', () => console.error('listens'))`;
  await using other = router.namespace.start(`${process.execPath} -e "${listener}"`);
  await other.said(/listens/);
  const expected = /expected a vrouter that listens there, or nobody, got .+ \(pid \d+\)/;
  assert.match(await router.refusal(), expected);
});

test('a router that cannot start leaves the one that it was to take over from', async () => {
  await using router = await new Router().start();
  const { directory, namespace } = router;
  const flags = ['--take-over', '--', '--nonsense'];
  const refusal = await new Router({ directory, namespace, flags }).refusal();
  assert.match(refusal, /start EAL/);
  assert.match(await router.ctl('interface'), /main/);
});
