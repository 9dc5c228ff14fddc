import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { median, percentile, significant } from './statistics.ts';

test('the median of an odd number of values is the middle one, in whatever order they came', () => {
  equal(median([9, 1, 5]), 5);
});

test('the median of an even number of values is the mean of the middle two', () => {
  equal(median([4, 1, 2, 3]), 2.5);
});

test('a percentile lies between its neighbours', () => {
  equal(percentile([0, 10], 0.99), 9.9);
});

test('values are not reordered', () => {
  const values = [3, 1, 2];
  median(values);
  deepEqual(values, [3, 1, 2]);
});

test('no values have no median', () => {
  throws(() => median([]), /at least one value/);
});

test('four significant digits are kept', () => {
  equal(significant(71.281704), 71.28);
  equal(significant(0.000123456), 0.0001235);
});
