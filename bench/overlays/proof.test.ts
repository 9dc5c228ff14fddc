import { throws } from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './proof.ts';

const task = {
  open: (frame: Uint8Array) => {
    if (frame[0] !== 9) throw new Error('expected a nine');
    return frame.subarray(1);
  },
  carried: [Uint8Array.of(1), Uint8Array.of(2)],
};

const right = [Uint8Array.of(9, 1), Uint8Array.of(9, 2), Uint8Array.of(9, 1)];

test('frames that carry all that arrived are a proof', () => {
  judge(task, right);
});

test('frames that are not in the wanted form are none', () => {
  throws(
    () => judge(task, [...right, Uint8Array.of(8, 1)]),
    /1 of 4 frames are wrong: expected a nine: 0801/,
  );
});

test('frames that carry something else are none', () => {
  throws(() => judge(task, [...right, Uint8Array.of(9, 3)]), /expected one of what arrived inside: 0903/);
});

test('it is none when a part of what arrived is never carried', () => {
  throws(() => judge(task, [Uint8Array.of(9, 1)]), /1 of 2 are missing among 1 frames: 02/);
});

test('a stranger among many does no harm', () => {
  judge(task, [...Array.from({ length: 300 }, () => right).flat(), Uint8Array.of(8)]);
});
