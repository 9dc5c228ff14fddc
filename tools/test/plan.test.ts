import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseArguments, planTests } from './plan.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

test('runs the lab one file at a time, after all others', () => {
  const plan = planTests(parseArguments([]), root);
  assert.ok(plan.serial.includes('lab/forward.test.ts'));
  assert.ok(plan.parallel.includes('tools/test/plan.test.ts'));
  assert.ok(plan.parallel.includes('fuzz/fuzz.test.ts'));
  assert.ok(!plan.parallel.some((file) => file.startsWith('lab/')));
});

test('leaves the lab out when it is to be quick', () => {
  assert.deepEqual(planTests(parseArguments(['--quick']), root).serial, []);
});

test('takes a part of a file name, or else a pattern for test names', () => {
  assert.deepEqual(planTests(parseArguments(['lab/forward']), root).serial, ['lab/forward.test.ts']);
  assert.equal(
    planTests(parseArguments(['no such file anywhere']), root).namePattern,
    'no such file anywhere',
  );
});

test('does not take a path without tests for the name of one, and run everything', () => {
  assert.throws(() => planTests(parseArguments(['src/features/plan']), root), /which has none/);
});
