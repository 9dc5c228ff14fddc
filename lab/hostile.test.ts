import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendHostile } from '../fuzz/wire/run.ts';

test('half a million hostile packets by three ports cost no buffer, no trap and no memory', async () => {
  const { received, wrong } = await sendHostile({ packets: 500_000, seed: 1, growthMegabytes: 48 });
  assert.deepEqual(wrong, []);
  assert.ok(received >= 500_000, `${received} packets`);
});
