import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

// That docs/cli.md says of every command whether it is the grammar's or ours alone, and names none that is not there.

const root = join(import.meta.dirname, '../../..');

/** A row of the page's table: commands of the grammar, and what ours are. */
interface Row {
  readonly names: readonly string[];
  readonly ours: string;
  readonly remarks: string;
}

const page = readFileSync(join(root, 'docs/cli.md'), 'utf8');
const rows: readonly Row[] = page
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map(rowOf);
const offered = rows.filter(({ ours }) => ours !== 'not offered').flatMap(({ names }) => names);
const notOffered = rows.filter(({ ours }) => ours === 'not offered').flatMap(({ names }) => names);
const more = rows.filter(({ ours }) => ours === 'more').flatMap(({ remarks }) => namesIn(remarks));
const alone = namesIn(/^Ours alone: .*$/m.exec(page)?.[0] ?? '');

const dumped = execFileSync(process.execPath, [join(root, 'src/programs/ctl.ts'), '--dump-commands']);
const { commands }: { readonly commands: readonly { readonly syntax: string }[] } = JSON.parse(`${dumped}`);
const heads = commands.flatMap(({ syntax }) => headsOf(syntax));

test('every command is in the table, or among ours alone', () => {
  assert.ok(heads.length > 100);
  const unnamed = heads.filter((head) => ![...offered, ...more, ...alone].some((name) => begins(head, name)));
  assert.deepEqual(unnamed, []);
});

test('every command that the page names is there', () => {
  const missing = [...offered, ...alone].filter((name) => !heads.some((head) => begins(head, name)));
  assert.deepEqual(missing, []);
});

test('no command is there that the page says is not offered', () => {
  assert.deepEqual(
    notOffered.filter((name) => heads.some((head) => begins(head, name))),
    [],
  );
});

test('the page knows three words for what ours are', () => {
  const others = rows
    .map(({ ours }) => ours)
    .filter((word) => !['same', 'more', 'not offered'].includes(word));
  assert.deepEqual(others, []);
});

function rowOf(line: string): Row {
  const [, commands = '', ours = '', remarks = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
  return { names: namesIn(commands), ours, remarks };
}

/** The commands in a text's code, one for each way to choose among alternatives: "mac add|del" is two. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => headsOf(code.replaceAll('\\|', '|')));
}

/** The words that a command begins with, up to the first that stands for something. */
function headsOf(syntax: string): readonly string[] {
  const words = syntax.split(' ').map((word) => (word === '[show]' ? 'show' : word));
  const end = words.findIndex((word) => !/^[a-z0-9][a-z0-9|-]*$/.test(word));
  const choices = words.slice(0, end < 0 ? undefined : end).map((word) => word.split('|'));
  return choices.reduce<readonly string[]>(
    (sofar, words) => sofar.flatMap((head) => words.map((word) => (head ? `${head} ${word}` : word))),
    [''],
  );
}

function begins(head: string, name: string): boolean {
  return name !== '' && `${head} `.startsWith(`${name} `);
}
