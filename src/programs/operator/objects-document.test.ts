import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { objectsDocument } from './objects-document.ts';

test('docs/objects.md is what the schemas say', () => {
  const file = new URL('../../../docs/objects.md', import.meta.url);
  assert.equal(readFileSync(file, 'utf8'), objectsDocument(), 'npm run generate writes it anew');
});

test('every field of every object has its meaning written down', () => {
  const bare = objectsDocument()
    .split('\n')
    .filter((line) => /^\| `.*\| {2}\|$/.test(line));
  assert.deepEqual(bare, []);
});
