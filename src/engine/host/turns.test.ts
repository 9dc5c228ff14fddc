import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as later } from 'node:timers/promises';
import { Turns } from './turns.ts';

test('changes follow one another, also those after one that fails', async () => {
  const turns = new Turns();
  const story: string[] = [];
  const change = (name: string) => async () => {
    story.push(`${name} begins`);
    await later();
    story.push(`${name} ends`);
    if (name === 'b') throw new Error('b');
    return name;
  };
  const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((name) => turns.take(change(name))));
  assert.deepEqual(story, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});
