import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureRestart } from './restart.ts';
import { startTopology } from './topology.ts';

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`hosts are connected again soon after a router ended by ${signal} starts with its configuration`, async (context) => {
    await using topology = await startTopology({ hosts: { red: { link: 'veth' }, blue: { link: 'veth' } } });
    const { gapMs, startupMs, ealMs } = await measureRestart(topology, signal);
    context.diagnostic(`gap ${gapMs.toFixed(0)} ms; ready after ${startupMs} ms, EAL's start ${ealMs} ms`);
    assert.ok(gapMs > 1, 'the router was not away at all');
    assert.ok(gapMs < 5000, `${gapMs} ms without an answer`);
  });
}
