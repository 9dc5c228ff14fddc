import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { interleave, interleaveMany } from './harness.ts';

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

test('one measurement may give several figures, each with the runs of all contenders', async () => {
  const contender = (name: string, rate: number) => ({ name, measure: async () => ({ rate, loss: 0 }) });
  const contenders = [contender('a', 1), contender('b', 2)];
  const measured = await interleaveMany({ contenders, rounds: 2, units: { rate: 'Mpps', loss: '%' }, log });
  deepEqual(measured.rate.runs, { a: [1, 1], b: [2, 2] });
  deepEqual(measured.loss.runs, { a: [0, 0], b: [0, 0] });
});
