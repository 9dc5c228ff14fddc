import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from './bench.ts';
import type { Machine } from './machine.ts';
import { report } from './report.ts';
import { markdownReports, textTable } from './table.ts';

const machine: Machine = {
  cpu: 'a CPU',
  cores: 2,
  memoryGiB: 24,
  kernel: '6.18',
  dpdk: '22.11',
  node: '24',
  commit: 'abc',
  date: '2026-01-01',
  load: 0,
};

const result: Result = {
  bench: 'forward',
  about: 'packets',
  unit: 'Mpps',
  better: 'higher',
  runs: { millrace: [20, 30, 40], l3fwd: [40, 41, 42], grout: [10] },
  skipped: { 'ovs-dpdk': 'no such package' },
  goals: [
    { ratioTo: 'l3fwd', atLeast: 0.75 },
    { ratioTo: 'grout', atLeast: 2 },
    { ratioTo: 'ovs-dpdk', atLeast: 3 },
  ],
};

test('ratios are of medians', () => {
  const { millrace, peers, ratios } = report(result, machine);
  equal(millrace, 30);
  deepEqual(peers, { l3fwd: 41, grout: 10 });
  deepEqual(ratios, { l3fwd: 0.732, grout: 3 });
});

test('the least and the most of all runs are shown', () => {
  deepEqual(report(result, machine).spread.millrace, [20, 40]);
});

test('a goal is met, missed, or not known without the peer', () => {
  deepEqual(
    report(result, machine).goals.map(({ met }) => met),
    [false, true, null],
  );
});

test('without a figure of its own there are peers but no ratios', () => {
  const { millrace, peers, ratios } = report({ ...result, runs: { grout: [10] } }, machine);
  equal(millrace, null);
  deepEqual(peers, { grout: 10 });
  deepEqual(ratios, {});
});

test('a bound on the value itself is a goal too', () => {
  const idle: Result = { ...result, unit: '%', better: 'lower', goals: [{ atMost: 25 }] };
  deepEqual(report(idle, machine).goals, [{ goal: 'at most 25 %', met: false }]);
});

test('the table has a line for every program, the skipped ones with their reason', () => {
  const text = textTable([report(result, machine)]);
  for (const expected of [/millrace +30/, /l3fwd +41 +40–42 +0.732/, /ovs-dpdk +– .*no such package/]) {
    equal(expected.test(text), true, `${expected} in\n${text}`);
  }
});

test('the document has the same figures', () => {
  const text = markdownReports([report(result, machine)]);
  equal(text.includes('| l3fwd | 41 | 40–42 | 0.732 |'), true, text);
});
