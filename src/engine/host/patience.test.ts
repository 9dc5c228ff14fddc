import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { patience, WaitedTime } from './patience.ts';

test('time counts as it passes', () => {
  const waited = new WaitedTime();
  const startedMs = performance.now();
  const before = waited.note(startedMs);
  assert.equal(Math.round(waited.note(startedMs + 100) - before), 100);
  assert.equal(Math.round(waited.note(startedMs + 300) - before), 300);
});

test('of the time in which nobody looked, a quarter of a second counts', () => {
  const waited = new WaitedTime();
  assert.equal(waited.note(performance.now() + 10_000), 250);
});

test('patience with others does not end while this thread stands still itself', async () => {
  const ended = patience(500).then(() => 'ended');
  standStill(1200);
  assert.equal(await Promise.race([ended, delay(50, 'goes on')]), 'goes on');
  assert.equal(await ended, 'ended');
});

function standStill(ms: number): void {
  for (const endMs = performance.now() + ms; performance.now() < endMs; ) {}
}
