import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { testFiles } from './test-files.ts';

const root = join(import.meta.dirname, '../..');

test('every file that is run with all versions is there', () => {
  assert.deepEqual(
    testFiles(root).filter((file) => !existsSync(join(root, file))),
    [],
  );
});

test('the addon is tested as well as the lab', () => {
  assert.ok(testFiles(root).includes('src/engine/host/dpdk-eal.test.ts'));
  assert.deepEqual(testFiles(root, 'lab/forward'), ['lab/forward.test.ts']);
});

test('a name that no file has is refused', () => {
  assert.throws(() => testFiles(root, 'nowhere'), /expected a part of lab\/.*, got nowhere/);
});
