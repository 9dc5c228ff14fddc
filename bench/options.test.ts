import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { parseOptions } from './options.ts';

const known = ['forward', 'idle'];

test('names come in any place among the options', () => {
  const options = parseOptions(['--runs', '3', 'idle', '--json', 'forward'], known);
  deepEqual(options.names, ['idle', 'forward']);
  equal(options.runs, 3);
  equal(options.json, true);
});

test('without options there are five runs of five seconds', () => {
  const { runs, seconds, routes } = parseOptions([], known);
  deepEqual([runs, seconds, routes], [5, 5, undefined]);
});

test('an unknown benchmark is refused with the known ones', () => {
  throws(() => parseOptions(['backward'], known), /expected one of forward, idle, got "backward"/);
});

test('a number that is none is refused', () => {
  throws(() => parseOptions(['--seconds', '0'], known), /expected a whole number above zero, got "0"/);
});

test('a part of the benchmarks may be written, but only as they are', () => {
  equal(parseOptions(['--write', 'idle'], known).write, true);
  throws(() => parseOptions(['--write', '--routes', '7'], known), /expected the benchmarks as they are/);
  throws(() => parseOptions(['--write', 'forward', '--mix'], known), /got "--mix"/);
});
