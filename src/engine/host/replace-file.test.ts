import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { replaceFile, replaceFileAsync } from './replace-file.ts';

async function openDirectory(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'replace-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}

test('a file is written anew, and nothing else stays', async (context) => {
  const directory = await openDirectory(context);
  const file = join(directory, 'a.yaml');
  replaceFile(file, 'one');
  assert.equal(await readFile(file, 'utf8'), 'one');
  await replaceFileAsync(file, 'two', { flush: true });
  assert.equal(await readFile(file, 'utf8'), 'two');
  assert.deepEqual(await readdir(directory), ['a.yaml']);
});

test('what cannot be written leaves nothing behind', async (context) => {
  const directory = await openDirectory(context);
  await mkdir(join(directory, 'taken'));
  await assert.rejects(replaceFileAsync(join(directory, 'taken'), 'text'), { code: 'EISDIR' });
  assert.deepEqual(await readdir(directory), ['taken']);
});
