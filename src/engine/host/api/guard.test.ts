import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { guardStream } from './guard.ts';

test('a stream that goes on for long keeps nothing of what it has sent', async () => {
  const sent: WeakRef<object>[] = [];
  const stream = guardStream(messages(sent), {
    signal: new AbortController().signal,
    method: 'sample',
    stallMs: 1000,
    fail: (error) => error,
  });
  for (let taken = 0; taken < 5; taken++) await stream.next();
  await collectGarbage();
  assert.deepEqual(
    sent.slice(0, 3).map((message) => message.deref()),
    [undefined, undefined, undefined],
  );
});

async function* messages(sent: WeakRef<object>[]): AsyncGenerator<object> {
  for (;;) {
    const message = { text: 'news' };
    sent.push(new WeakRef(message));
    yield message;
  }
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  await new Promise((resolve) => setImmediate(resolve));
  if (typeof collect === 'function') collect();
}
