import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delaysOf } from './delays.ts';

test('a packet was on its way until as many were received as had been sent with it', () => {
  const counts = [
    { ms: 0, sent: 100, received: 50 },
    { ms: 10, sent: 110, received: 50 },
    { ms: 20, sent: 120, received: 55 },
    { ms: 45, sent: 120, received: 70 },
  ];
  assert.deepEqual(delaysOf(counts), { sent: 20, received: 20, longestMs: 35 });
});

test('packets that were lost do not count as late', () => {
  const counts = [
    { ms: 0, sent: 0, received: 0 },
    { ms: 10, sent: 10, received: 9 },
    { ms: 20, sent: 20, received: 15 },
  ];
  assert.deepEqual(delaysOf(counts), { sent: 20, received: 15, longestMs: 10 });
});

test('nothing counted is nothing', () => {
  assert.deepEqual(delaysOf([]), { sent: 0, received: 0, longestMs: 0 });
});
