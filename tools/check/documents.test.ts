import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const documents = globSync(
  ['*.md', 'docs/**/*.md', 'src/**/*.md', 'lab/**/*.md', 'bench/**/*.md', 'fuzz/**/*.md'],
  {
    cwd: root,
  },
);

test('links between documents lead to files', () => {
  const broken = documents.flatMap((file) =>
    [...read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
      .map(([, target]) => join(root, dirname(file), target ?? ''))
      .filter((target) => !existsSync(target))
      .map((target) => `${file} → ${target}`),
  );

  assert.deepEqual(broken, []);
});

test('npm scripts that documents name exist', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
  const known = ['test', ...Object.keys(scripts)];
  const unknown = documents.flatMap((file) =>
    [...read(file).matchAll(/npm run (?:-s )?([a-z:]+)/g)].filter(([, name]) => !known.includes(name ?? '')),
  );

  assert.deepEqual(unknown, []);
});

test('every decision has a number of its own and says what it costs', () => {
  const files = documents.filter((file) => /^docs\/decisions\/\d/.test(file));
  const numbers = files.map((file) => basename(file).slice(0, 4));

  assert.deepEqual(numbers, [...new Set(numbers)]);
  for (const file of files) assert.match(read(file), /^# .+\*\*Price\.\*\* .+\*\*Revisit\*\* /s, file);
});

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
