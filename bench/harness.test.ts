import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { interleave } from './harness.ts';

const log = () => {};

test('contenders are measured in turn, round after round', async () => {
  const order: string[] = [];
  const contender = (name: string) => ({ name, measure: async () => order.push(name) });
  await interleave({ contenders: [contender('a'), contender('b')], rounds: 2, unit: 'x', log });
  deepEqual(order, ['a', 'b', 'a', 'b']);
});

test('a contender that fails is left out with its reason and the others go on', async () => {
  let failures = 0;
  const measured = await interleave({
    contenders: [
      {
        name: 'broken',
        measure: async () => {
          failures++;
          throw new Error('no such device');
        },
      },
      { name: 'sound', measure: async () => 7 },
    ],
    rounds: 3,
    unit: 'x',
    log,
  });
  deepEqual(measured.runs, { sound: [7, 7, 7] });
  deepEqual(measured.skipped, { broken: 'no such device' });
  equal(failures, 1);
});
