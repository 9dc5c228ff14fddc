import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Type from 'typebox';
import { DirectoryStore } from './directory-store.ts';
import { metadata } from './object.ts';
import { validate } from './validate.ts';

const schema = Type.Object({
  apiVersion: Type.Literal('v1'),
  kind: Type.Literal('Thing'),
  metadata,
  spec: Type.Object({ size: Type.Integer({ minimum: 1 }) }),
  status: Type.Optional(Type.Unknown()),
});

async function openStore(context: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'objects-'));
  context.after(() => rm(directory, { recursive: true }));
  const store = new DirectoryStore(directory, (given) => validate(schema, given));
  const put = (name: string, text: string) => writeFile(join(directory, name), text);
  return { directory, store, put };
}

const thing = (name: string, size: number | string) =>
  `apiVersion: v1\nkind: Thing\nmetadata: { name: ${name} }\nspec: { size: ${size} }\n`;

test('lists the objects of all files with their defaults', async (context) => {
  const { directory, store, put } = await openStore(context);
  await mkdir(join(directory, 'deeper'));
  await put('b.yaml', `${thing('one', 1)}---\n${thing('two', 2)}`);
  await put('deeper/a.yml', thing('three', 3));
  await put('notes.txt', 'not ours');
  const { objects, faults } = await store.list();
  assert.deepEqual(
    objects.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    ['default/one', 'default/two', 'default/three'],
  );
  assert.deepEqual(faults, []);
});

test('one bad file or document never blocks the others', async (context) => {
  const { store, put } = await openStore(context);
  await put('a.yaml', 'kind: [Thing\n');
  await put('b.yaml', `${thing('bad', 'many')}---\n${thing('good', 1)}`);
  await put('c.yaml', thing('good', 2));
  await put('d.yaml', 'just words\n');
  const { objects, faults } = await store.list();
  assert.deepEqual(
    objects.map(({ spec }) => spec.size),
    [1],
  );
  assert.match(faults[0]?.reason ?? '', /^expected YAML, got /);
  assert.deepEqual(faults.slice(1), [
    { where: 'b.yaml:1', reason: 'Thing bad: spec.size: expected a number from 1, got "many"' },
    { where: 'c.yaml:1', reason: 'expected Thing default/good once, got it again: the first one counts' },
    { where: 'd.yaml:1', reason: 'expected fields, got "just words"' },
  ]);
});

test('a bomb of aliases is refused, and quickly', async (context) => {
  const { store, put } = await openStore(context);
  const level = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(`*${of}`).join(', ')}]\n`;
  const levels = 'bcdefghi'.split('').map((name, index) => level(name, 'abcdefgh'.charAt(index)));
  await put('bomb.yaml', `a: &a [1,1,1,1,1,1,1,1,1]\n${levels.join('')}`);
  await put('good.yaml', thing('good', 1));
  const { objects, faults } = await store.list();
  assert.equal(objects.length, 1);
  assert.match(faults[0]?.reason ?? '', /alias/);
});

test('status is written beside the objects, read with them, and not written twice', async (context) => {
  const { store, put } = await openStore(context);
  await put('a.yaml', thing('one', 1));
  const [object] = (await store.list()).objects;
  assert.ok(object);
  await store.writeStatus(object, { id: 7 });
  const again = await store.list();
  assert.deepEqual(again.objects[0]?.status, { id: 7 });
  assert.equal((await store.list()).objects[0], again.objects[0]);
});

test('an object that did not change stays the same object when its file does', async (context) => {
  const { store, put } = await openStore(context);
  await put('a.yaml', `${thing('one', 1)}---\n${thing('two', 2)}`);
  const before = await store.list();
  await put('a.yaml', `# a note\n${thing('one', 1)}---\n${thing('two', 3)}`);
  const now = await store.list();
  assert.equal(now.objects[0], before.objects[0]);
  assert.notEqual(now.objects[1], before.objects[1]);
});

test('a watch gives what is there, and then what changed', async (context) => {
  const { store, put } = await openStore(context);
  await put('a.yaml', thing('one', 1));
  const end = new AbortController();
  const seen: number[] = [];
  for await (const { objects } of store.watch(end.signal)) {
    seen.push(objects.length);
    if (objects.length === 1) await put('b.yaml', thing('two', 2));
    if (objects.length === 2) end.abort();
  }
  assert.deepEqual([seen[0], seen.at(-1)], [1, 2]);
});

test('a directory that is not there is an error with its name', async () => {
  const store = new DirectoryStore('/nowhere/at/all', (given) => validate(schema, given));
  await assert.rejects(store.list(), /\/nowhere\/at\/all/);
});

test('ends in silence when the signal comes while nobody waits for a change', async (context) => {
  const { directory, store, put } = await openStore(context);
  await put('a.yaml', thing('one', 1));
  const end = new AbortController();
  let listings = 0;
  for await (const _ of store.watch(end.signal)) {
    listings += 1;
    end.abort();
    await readdir(directory); // long enough for a failure that nobody has heard
  }
  assert.equal(listings, 1);
});
