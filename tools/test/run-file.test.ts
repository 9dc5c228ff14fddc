import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { FileResult } from './result.ts';
import { type RunOptions, runFile } from './run-file.ts';

test('every test is reported once, by its full name, and no suite is', async (context) => {
  const { tests } = await run(
    context,
    `describe('a', () => { it('b', () => {}); });
     test('c', async (t) => { await t.test('d', () => {}); });`,
  );

  assert.deepEqual(
    tests.map(({ name, outcome }) => [name, outcome]),
    [
      ['a › b', 'passed'],
      ['c › d', 'passed'],
    ],
  );
});

test('a failed test says what was thrown, and its parent is not counted', async (context) => {
  const { tests } = await run(
    context,
    `test('a', (t) => t.test('b', () => { throw new Error('broken'); }));`,
  );

  assert.deepEqual(namesOf(tests), ['a › b']);
  assert.match(tests[0]?.reason ?? '', /^Error: broken\n/);
});

test('a skipped test says why', async (context) => {
  const { tests } = await run(context, `test('a', { skip: 'no card' }, () => {});`);

  assert.deepEqual(
    tests.map(({ outcome, reason }) => [outcome, reason]),
    [['skipped', 'no card']],
  );
});

test('a file that hangs is killed after its limit, and what it reported is kept', async (context) => {
  const { tests } = await run(
    context,
    `test('a', () => {}); test('b', () => new Promise(() => setInterval(() => {}, 1000)));`,
    { limitMs: 1000 },
  );

  assert.deepEqual(namesOf(tests), ['a', '(the file)']);
  assert.equal(tests[1]?.reason, 'took longer than its limit of 1 s and was killed');
});

test('a file that crashes shows what it wrote last', async (context) => {
  const { tests } = await run(context, `console.log('last words'); process.kill(process.pid, 'SIGKILL');`);

  assert.match(tests[0]?.reason ?? '', /^was killed by SIGKILL\nlast words/);
});

test('a file without a test fails', async (context) => {
  const { tests } = await run(context, '');

  assert.deepEqual(
    tests.map(({ outcome, reason }) => [outcome, reason]),
    [['failed', 'has no test']],
  );
});

test('only tests of the wanted name are run', async (context) => {
  const { tests } = await run(context, `test('one', () => {}); test('two', () => {});`, {
    namePattern: 'two',
  });

  assert.deepEqual(namesOf(tests), ['two']);
});

function run(context: TestContext, body: string, options: Partial<RunOptions> = {}): Promise<FileResult> {
  const root = mkdtempSync(join(tmpdir(), 'millrace-runner-'));
  context.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'x.test.ts'), `import { describe, it, test } from 'node:test';\n${body}\n`);
  return runFile('x.test.ts', { root, limitMs: 20_000, ...options });
}

function namesOf(tests: FileResult['tests']): readonly string[] {
  return tests.map(({ name }) => name);
}
