import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { placingsIn } from './placings.ts';
import { readTableLayouts } from './table-layouts.ts';

const file = (product: string, comment = '') => `
const SPREAD: u64 = ${product};
const OTHER: u32 = 1;

/** Where a search begins. @places STATIONS NAMES @inline */
export function placeOf(key: u64): u32 {
  return <u32>((key * SPREAD) >> 32);${comment}
}

/** Looks for it. */
export function find(key: u64): u32 {
  return placeOf(key) + OTHER;
}
`;

test('a function that names tables is told with the constants that it goes by', () => {
  const code = 'function placeOf(key: u64): u32 { return <u32>((key * SPREAD) >> 32); }';
  assert.deepEqual(placingsIn(file('3')), [
    { tables: ['STATIONS', 'NAMES'], code: `${code}\nconst SPREAD: u64 = 3;` },
  ]);
});

test('another constant makes it another function, and another comment does not', () => {
  assert.notDeepEqual(placingsIn(file('3')), placingsIn(file('5')));
  assert.deepEqual(placingsIn(file('3')), placingsIn(file('3', ' // upper half')));
});

test('tables that are searched otherwise are laid out otherwise', async () => {
  const tables = { NAMES_BYTES: 64, STATIONS_BYTES: 64, OTHERS_BYTES: 64 };
  const [before = [], after = []] = [await layoutsOf(file('3'), tables), await layoutsOf(file('5'), tables)];
  const changed = before.filter(({ layout }, i) => layout !== after[i]?.layout).map(({ name }) => name);
  assert.deepEqual(changed, ['NAMES', 'STATIONS']);
});

test('a table that nobody has is named', async () => {
  const message = /expected a table of a layout.ts, got NAMES/;
  await assert.rejects(layoutsOf(file('3'), { STATIONS_BYTES: 64 }), { message });
});

/** The tables of a tree with one feature, whose datapath has one file. */
async function layoutsOf(text: string, exports: Readonly<Record<string, number>>) {
  const root = await mkdtemp(join(tmpdir(), 'mr-placings-'));
  await mkdir(join(root, 'feature/datapath'), { recursive: true });
  await writeFile(join(root, 'feature/datapath/stations.ts'), text);
  const layouts = await readTableLayouts(root, [{ path: 'feature/layout', exports }]);
  await rm(root, { recursive: true });
  return layouts;
}
