import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseArguments } from './plan.ts';
import { describeAll, describeFile } from './report.ts';
import type { FileResult } from './result.ts';

const file: FileResult = {
  file: 'src/net/mac.test.ts',
  durationMs: 2500,
  tests: [
    { outcome: 'passed', name: 'parses', durationMs: 2400, reason: '' },
    { outcome: 'failed', name: 'prints', durationMs: 1, reason: 'Error: broken' },
    { outcome: 'skipped', name: 'sends', durationMs: 0, reason: 'no card' },
  ],
};

test('the last line is how many passed, failed and were skipped', () => {
  assert.equal(describeAll([file], 3000).split('\n').at(-1), '1 passed, 1 failed, 1 skipped');
});

test('the last line does not mention skipped tests when there are none', () => {
  assert.equal(
    describeAll([{ ...file, tests: file.tests.slice(0, 1) }], 3000)
      .split('\n')
      .at(-1),
    '1 passed, 0 failed',
  );
});

test('skipped tests are listed with their reasons, slow ones with their times', () => {
  const text = describeAll([file], 3000);

  assert.match(text, /^ {2}src\/net\/mac\.test\.ts: sends: no card$/m);
  assert.match(text, /^ +2\.4 s {2}src\/net\/mac\.test\.ts: parses$/m);
});

test('a file with a failed test shows the test and its reason', () => {
  assert.match(describeFile(file), /^✖ src\/net\/mac\.test\.ts .*\n {4}✖ prints\n {6}Error: broken$/);
});

test('an unknown flag is refused', () => {
  assert.throws(() => parseArguments(['--fast']), /expected --quick or a pattern, got --fast/);
});
