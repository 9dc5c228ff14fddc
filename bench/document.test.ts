import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { documentText, mergeReports, parseReports } from './document.ts';
import type { Report } from './report.ts';

function rowOf(from: string, bench: string, commit = 'old'): Report {
  return {
    from,
    bench,
    about: 'packets',
    unit: 'Mpps',
    better: 'higher',
    millrace: 3,
    peers: {},
    ratios: {},
    spread: {},
    runs: {},
    skipped: {},
    goals: [],
    machine: {
      cpu: 'a CPU',
      cores: 2,
      memoryGiB: 24,
      kernel: '6.18',
      dpdk: '22.11',
      node: '24',
      commit,
      date: '2026-01-01',
      load: 0,
    },
  };
}

const missed = { goal: 'at least 4 Mpps', must: 'at least 3 Mpps', reached: 3, met: false, mustMet: true };
const about = [{ name: 'forward', about: 'packets' }];

test('a benchmark that was measured replaces all its rows, the others stay with their commit', () => {
  const recorded = [rowOf('forward', 'forward'), rowOf('idle', 'idle'), rowOf('idle', 'idle-memory')];
  const measured = [rowOf('idle', 'idle', 'new')];
  const merged = mergeReports({ recorded, measured, names: ['forward', 'idle'] });
  deepEqual(
    merged.map(({ bench, machine }) => [bench, machine.commit]),
    [
      ['forward', 'old'],
      ['idle', 'new'],
    ],
  );
});

test('rows have the order of the benchmarks, and those of benchmarks that are gone are dropped', () => {
  const recorded = [rowOf('ping', 'ping'), rowOf('gone', 'gone'), rowOf('forward', 'forward')];
  const merged = mergeReports({ recorded, measured: [], names: ['forward', 'ping'] });
  deepEqual(
    merged.map(({ bench }) => bench),
    ['forward', 'ping'],
  );
});

test('what limits a row is told only while it misses a goal', () => {
  const reasons = { forward: 'The loads of one packet wait for each other.' };
  const row = rowOf('forward', 'forward');
  const late = documentText([{ ...row, goals: [missed] }], about, reasons);
  const good = documentText([{ ...row, goals: [{ ...missed, met: true }] }], about, reasons);
  equal(late.includes('**What limits it:** The loads of one packet'), true, late);
  equal(good.includes('What limits it'), false, good);
});

test('a missed goal that nobody has explained is said to be so', () => {
  const text = documentText([{ ...rowOf('forward', 'forward'), goals: [missed] }], about, {});
  equal(text.includes('**What limits it:** not known yet.'), true, text);
});

test('every row says its commit and date', () => {
  const text = documentText([rowOf('forward', 'forward', 'abc'), rowOf('idle', 'idle', 'def')], about, {});
  for (const expected of ['commit abc, 2026-01-01', 'commit def, 2026-01-01'])
    equal(text.includes(expected), true, expected);
});

test('what was recorded is read as it was written, and nothing else is', () => {
  const row = rowOf('forward', 'forward');
  deepEqual(parseReports(JSON.stringify([row])), [row]);
  throws(() => parseReports('{}'), /expected a list of reports/);
  throws(() => parseReports('[{"from":"forward"}]'), /without bench, unit, goals, machine/);
});
