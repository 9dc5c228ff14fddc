import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareSlots } from './slots.ts';

const countOf = (slots: readonly number[], member: number) => slots.filter((each) => each === member).length;

test('slots are shared evenly', () => {
  const slots = shareSlots([], [7, 8, 9]);
  assert.deepEqual(
    [7, 8, 9].map((member) => countOf(slots, member)),
    [86, 85, 85],
  );
});

test('without members nobody has a slot', () => {
  assert.equal(countOf(shareSlots(shareSlots([], [7]), []), 0), 256);
});

test('what a member had that is gone goes to the others, whose own stay', () => {
  const before = shareSlots([], [7, 8, 9, 10]);
  const after = shareSlots(before, [7, 8, 10]);
  for (const [slot, member] of before.entries()) if (member !== 9) assert.equal(after[slot], member);
  assert.equal(countOf(after, 9), 0);
});

test('a member that comes takes no more than its share', () => {
  const before = shareSlots([], [7, 8]);
  const after = shareSlots(before, [7, 8, 9]);
  const moved = before.filter((member, slot) => after[slot] !== member).length;
  assert.equal(moved, countOf(after, 9));
  assert.equal(countOf(after, 9), 85);
});
