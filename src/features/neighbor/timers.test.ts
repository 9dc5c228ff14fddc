import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Timers } from './timers.ts';

describe('timers', () => {
  it('give each key once its time has come, the oldest first', () => {
    const timers = new Timers<string>({ tickMs: 100, nowMs: 0 });
    timers.set('later', 1000);
    timers.set('sooner', 250);
    assert.deepEqual(timers.takeDue(240), []);
    assert.deepEqual(timers.takeDue(2000), ['sooner', 'later']);
    assert.deepEqual(timers.takeDue(9000), []);
  });

  it('keep the last deadline of a key only', () => {
    const timers = new Timers<string>({ tickMs: 100, nowMs: 0 });
    timers.set('a', 200);
    timers.set('a', 500);
    timers.set('b', 200);
    timers.set('b', undefined);
    assert.deepEqual(timers.takeDue(400), []);
    assert.deepEqual(timers.takeDue(500), ['a']);
  });

  it('give a key whose time has passed with the next tick', () => {
    const timers = new Timers<string>({ tickMs: 100, nowMs: 1000 });
    timers.set('past', 10);
    assert.deepEqual(timers.takeDue(1100), ['past']);
  });
});
