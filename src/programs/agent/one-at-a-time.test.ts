import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneAtATime } from './one-at-a-time.ts';

test('what is asked for while it runs is done once more afterwards, and never beside it', async () => {
  let running = 0;
  let runs = 0;
  const gates: (() => void)[] = [];
  const ask = oneAtATime(async () => {
    running += 1;
    assert.equal(running, 1);
    await new Promise<void>((resolve) => gates.push(resolve));
    running -= 1;
    runs += 1;
  });
  ask();
  ask();
  ask();
  for (const expected of [1, 2]) {
    gates.shift()?.();
    await new Promise(setImmediate);
    assert.equal(runs, expected);
  }
  assert.equal(gates.length, 0);
});
