import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { noteUse, removeOldBuilds } from './old-builds.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'old-builds-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('builds that have long not been used go, but for the last ones', async () => {
  for (let day = 1; day <= 30; day++) await addFile(`datapath-${day}.wasm`, day);
  await removeOldBuilds(folder);
  assert.deepEqual(
    await builds(),
    Array.from({ length: 24 }, (_, i) => i + 1),
  );
});

test('a build that is used stays, however old it is', async () => {
  for (let day = 1; day <= 30; day++) await addFile(`datapath-${day}.wasm`, day);
  await noteUse(join(folder, 'datapath-30.wasm'));
  await removeOldBuilds(folder);
  assert.ok((await builds()).includes(30));
});

test('builds of the last hour stay, however many there are', async () => {
  for (let number = 1; number <= 40; number++) await addFile(`datapath-${number}.wasm`, 0);
  await removeOldBuilds(folder);
  assert.equal((await builds()).length, 40);
});

test('what compiles that were cut off have left goes, other files do not', async () => {
  await addFile('datapath-1.wasm.77.tmp', 2);
  await addFile('datapath-2.wasm.78.tmp', 0);
  await addFile('addon.node', 400);
  await removeOldBuilds(folder);
  assert.deepEqual((await readdir(folder)).sort(), ['addon.node', 'datapath-2.wasm.78.tmp']);
});

test('two processes may tidy up at the same time', async () => {
  for (let round = 0; round < 20; round++) {
    for (let day = 1; day <= 60; day++) await addFile(`datapath-${day}.wasm`, day);
    await Promise.all([removeOldBuilds(folder), removeOldBuilds(folder), removeOldBuilds(folder)]);
    assert.equal((await builds()).length, 24);
  }
});

async function addFile(name: string, daysAgo: number): Promise<void> {
  await writeFile(join(folder, name), 'x');
  const used = new Date(Date.now() - daysAgo * 86_400_000);
  await utimes(join(folder, name), used, used);
}

async function builds(): Promise<number[]> {
  const numbers = (await readdir(folder)).map((name) => Number(/\d+/.exec(name)?.[0]));
  return numbers.sort((a, b) => a - b);
}
