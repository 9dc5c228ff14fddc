import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from './bench.ts';
import type { Machine } from './machine.ts';
import { report } from './report.ts';
import { markdownReport, markdownSummary, textSummary, textTable } from './table.ts';

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
  const { millrace, peers, ratios } = report('forward', result, machine);
  equal(millrace, 30);
  deepEqual(peers, { l3fwd: 41, grout: 10 });
  deepEqual(ratios, { l3fwd: 0.732, grout: 3 });
});

test('the least and the most of all runs are shown', () => {
  deepEqual(report('forward', result, machine).spread.millrace, [20, 40]);
});

test('a goal is met, missed, or not known without the peer', () => {
  deepEqual(
    report('forward', result, machine).goals.map(({ met }) => met),
    [false, true, null],
  );
});

test('without a figure of its own there are peers but no ratios', () => {
  const { millrace, peers, ratios } = report('forward', { ...result, runs: { grout: [10] } }, machine);
  equal(millrace, null);
  deepEqual(peers, { grout: 10 });
  deepEqual(ratios, {});
});

test('there is no ratio to nothing', () => {
  const lost = { ...result, runs: { millrace: [1], grout: [0] } };
  deepEqual(report('latency', lost, machine).ratios, {});
});

test('a bound on the value itself is a goal too', () => {
  const idle: Result = { ...result, unit: '%', better: 'lower', goals: [{ atMost: 25 }] };
  deepEqual(report('idle', idle, machine).goals, [
    { goal: 'at most 25 %', must: 'at most 25 %', reached: 30, met: false, mustMet: false },
  ]);
});

test('a goal that is missed may still reach what it must', () => {
  const goals = [{ ratioTo: 'l3fwd', atLeast: 0.9, must: 0.7 }];
  deepEqual(report('forward', { ...result, goals }, machine).goals, [
    {
      goal: 'at least 0.9 × l3fwd',
      must: 'at least 0.7 × l3fwd',
      reached: 0.732,
      met: false,
      mustMet: true,
    },
  ]);
});

test('a ratio may have an upper bound', () => {
  const goals = [{ ratioTo: 'grout', atMost: 3 }];
  equal(report('latency', { ...result, goals }, machine).goals[0]?.met, true);
});

test('the summary has a line for every goal, and one for a result without goals', () => {
  const plain = { ...result, bench: 'mix', goals: [] };
  const text = textSummary([report('forward', result, machine), report('mix', plain, machine)]);
  equal(text.trimEnd().split('\n').length, 1 + 3 + 1);
  for (const expected of [
    /forward +at least 2 × grout +at least 2 × grout +3 +met/,
    /mix +reported +30 Mpps/,
  ])
    equal(expected.test(text), true, `${expected} in\n${text}`);
});

test('the table has a line for every program, the skipped ones with their reason', () => {
  const text = textTable([report('forward', result, machine)]);
  for (const expected of [/millrace +30/, /l3fwd +41 +40–42 +0.732/, /ovs-dpdk +– .*no such package/]) {
    equal(expected.test(text), true, `${expected} in\n${text}`);
  }
});

test('the document has the same figures', () => {
  const text = markdownReport(report('forward', result, machine));
  equal(text.includes('| l3fwd | 41 | 40–42 | 0.732 |'), true, text);
});

test("the document's summary leads to its sections", () => {
  const text = markdownSummary([report('latency', { ...result, bench: 'latency-p99.9' }, machine)]);
  equal(text.includes('| [latency-p99.9](#latency-p999) | at least 0.75 × l3fwd |'), true, text);
});
