import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Made } from './made.ts';

const root = mkdtempSync(join(tmpdir(), 'mr-made-'));
after(() => rmSync(root, { recursive: true }));

test('what was noted is there for the next agent, and for who only looks', () => {
  const directory = join(root, 'next');
  assert.deepEqual(Made.read(directory), new Set());
  const first = Made.open(directory);
  first.note(['port p0', 'vrf red']);
  first.note(['vrf red', 'label 7']);
  assert.deepEqual(Made.read(directory), new Set(['label 7', 'port p0', 'vrf red']));
  first.close();
  const second = Made.open(directory);
  second.keepOnly(new Set(['vrf red', 'vrf blue']));
  assert.deepEqual(second.places, new Set(['vrf red']));
  second.close();
});

test('a damaged file is put aside, and nothing counts as made', () => {
  const directory = join(root, 'damaged');
  Made.open(directory).close();
  writeFileSync(
    join(directory, 'fabric.sqlite'),
    'this is no database, and long enough to be taken for one'.repeat(99),
  );
  const made = Made.open(directory);
  assert.deepEqual(made.places, new Set());
  made.close();
  assert.ok(existsSync(join(directory, 'fabric.sqlite.damaged')));
});
