import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changed, distribute, move, withoutPort } from './queues.ts';

const idle = [
  { worker: 0, queues: [] },
  { worker: 1, queues: [] },
];

test('spreads new queues evenly and leaves old ones where they are', () => {
  const first = distribute(idle, [{ port: 0, queue: 0 }]);
  const second = distribute(first, [
    { port: 1, queue: 0 },
    { port: 1, queue: 1 },
  ]);
  assert.deepEqual(second, [
    {
      worker: 0,
      queues: [
        { port: 0, queue: 0 },
        { port: 1, queue: 1 },
      ],
    },
    { worker: 1, queues: [{ port: 1, queue: 0 }] },
  ]);
});

test('moves one queue and nothing else', () => {
  const before = distribute(idle, [
    { port: 0, queue: 0 },
    { port: 0, queue: 1 },
  ]);
  const after = move(before, { port: 0, queue: 0 }, 1);
  assert.deepEqual(after, [
    { worker: 0, queues: [] },
    {
      worker: 1,
      queues: [
        { port: 0, queue: 1 },
        { port: 0, queue: 0 },
      ],
    },
  ]);
  assert.deepEqual(
    changed(before, after).map(({ worker }) => worker),
    [0, 1],
  );
  assert.deepEqual(changed(before, before), []);
});

test('takes a port away from every worker', () => {
  const before = distribute(idle, [
    { port: 0, queue: 0 },
    { port: 1, queue: 0 },
    { port: 0, queue: 1 },
  ]);
  assert.deepEqual(withoutPort(before, 0), [
    { worker: 0, queues: [] },
    { worker: 1, queues: [{ port: 1, queue: 0 }] },
  ]);
});
