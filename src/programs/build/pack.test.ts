import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { packOf, packProgram } from './pack.ts';

// A clone with one program of two files.
const clone = mkdtempSync(join(tmpdir(), 'millrace-pack-'));
after(() => rmSync(clone, { recursive: true }));
const root = join(import.meta.dirname, '../../..');
for (const folder of ['bin', 'src/programs', 'build', 'node_modules/node/bin'])
  mkdirSync(join(clone, folder), { recursive: true });
copyFileSync(join(root, 'bin/millrace'), join(clone, 'bin/millrace'));
symlinkSync(process.execPath, join(clone, 'node_modules/node/bin/node'));
write('node_modules/.package-lock.json', '{}');
write('src/programs/greeting.ts', "export const greeting: string = 'good morning';");
write(
  'src/programs/greet.ts',
  `import { basename } from 'node:path';
   import { greeting } from './greeting.ts';
   const caller = new Error().stack?.includes('/build/') ? 'pack' : 'sources';
   console.log(greeting, basename(import.meta.url), basename(import.meta.dirname), caller);`,
);
const pack = packOf(join(clone, 'build'), 'greet');

test('a packed program does what its sources do, and knows where they are', async () => {
  assert.equal(greet(), 'good morning greet.ts programs sources');
  await packProgram(join(clone, 'src/programs/greet.ts'), pack);
  assert.equal(greet(), 'good morning greet.ts programs pack');
});

test('a program runs from its sources when one of them is younger than the pack', async () => {
  write('src/programs/greeting.ts', "export const greeting: string = 'good evening';");
  assert.equal(greet(), 'good evening greet.ts programs sources');
  await packProgram(join(clone, 'src/programs/greet.ts'), pack);
  assert.equal(greet(), 'good evening greet.ts programs pack');
  age('node_modules/.package-lock.json', 1000);
  assert.equal(greet(), 'good evening greet.ts programs sources');
});

test('a pack is as good as before when tests and texts beside its sources have changed', async () => {
  await packProgram(join(clone, 'src/programs/greet.ts'), pack);
  age('node_modules/.package-lock.json', -1000);
  for (const file of ['src/programs/README.md', 'src/programs/greet.test.ts']) {
    write(file, '');
    age(file, 1000);
  }
  age('src/programs', 1000);
  assert.equal(greet(), 'good evening greet.ts programs pack');
});

test('a program runs from its sources when nobody knows what its pack is made of', async () => {
  await packProgram(join(clone, 'src/programs/greet.ts'), pack);
  rmSync(pack.replace('.mjs', '.sources'));
  assert.equal(greet(), 'good evening greet.ts programs sources');
});

test('a pack bears the time at which its packing began', async () => {
  const before = Date.now();
  const packing = packProgram(join(clone, 'src/programs/greet.ts'), pack);
  await packing;
  const { mtimeMs } = statSync(pack);
  assert.ok(mtimeMs >= before - 1 && mtimeMs < Date.now(), `${before} ${mtimeMs}`);
});

function greet(): string {
  return execFileSync(join(clone, 'bin/millrace'), ['greet'], { encoding: 'utf8' }).trim();
}

/** Sources are older than a pack that comes after them, whatever the clock of the file system counts in. */
function write(file: string, text: string): void {
  writeFileSync(join(clone, file), text);
}

function age(file: string, aheadMs: number): void {
  const time = new Date(statSync(pack).mtimeMs + aheadMs);
  utimesSync(join(clone, file), time, time);
}
