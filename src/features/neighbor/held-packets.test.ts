import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeldPackets } from './held-packets.ts';

describe('held packets', () => {
  it('leave in the order they came', () => {
    const held = new HeldPackets<string>(10);
    held.hold(1, 'a', 4);
    held.hold(1, 'b', 4);
    held.hold(2, 'c', 4);
    assert.equal(held.count(1), 2);
    assert.deepEqual(held.take(1), ['a', 'b']);
    assert.deepEqual(held.take(1), []);
    assert.deepEqual(held.take(2), ['c']);
  });

  it('make room for the newest of their neighbour', () => {
    const held = new HeldPackets<string>(10);
    held.hold(1, 'a', 2);
    held.hold(1, 'b', 2);
    assert.deepEqual(held.hold(1, 'c', 2), ['a']);
    assert.deepEqual(held.take(1), ['b', 'c']);
    assert.deepEqual(held.hold(1, 'd', 0), ['d']);
  });

  it('are limited for all neighbours together', () => {
    const held = new HeldPackets<string>(2);
    held.hold(1, 'a', 4);
    held.hold(1, 'b', 4);
    assert.deepEqual(held.hold(2, 'c', 4), ['c']);
    assert.deepEqual(held.hold(1, 'd', 4), ['a']);
  });
});
