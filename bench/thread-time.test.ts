import { deepEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { threadTimes, timeBetween, watchBusiest } from './thread-time.ts';

test('the busiest thread and the sum are told apart, new threads included', () => {
  const before = new Map([
    ['1', 100],
    ['2', 50],
  ]);
  const after = new Map([
    ['1', 110],
    ['2', 90],
    ['3', 5],
  ]);
  deepEqual(timeBetween(before, after), { busiest: 40, total: 55 });
});

test('a process that works uses time', () => {
  const before = threadTimes(process.pid);
  const started = process.cpuUsage();
  for (let usedUs = 0; usedUs < 20_000; ) {
    const { user, system } = process.cpuUsage(started);
    usedUs = user + system;
  }
  ok(timeBetween(before, threadTimes(process.pid)).busiest > 5e6);
});

test('the busiest threads share of the time is below one core each', () => {
  const watch = watchBusiest(process.pid, 2);
  const end = performance.now() + 50;
  while (performance.now() < end);
  const { share } = watch();
  ok(share > 0 && share <= 1, `${share}`);
});
