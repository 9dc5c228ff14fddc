import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TABLES_END, WORKER_AREA_BYTES } from '../layout.ts';
import { overlap, placeTables, regionsOf } from './regions.ts';
import type { TableLayout } from './table-layouts.ts';

const before = [
  table('FIRST', 65536),
  table('SECOND', 100),
  table('THIRD', 65537),
  table('COUNTS', 64, true),
];

test('tables lie one behind the other, at multiples of 64 KiB, and those of workers in their areas', () => {
  const { FIRST, SECOND, THIRD, COUNTS } = placeTables(before);
  assert.equal((SECOND?.address ?? 0) - (FIRST?.address ?? 0), 65536);
  assert.equal((THIRD?.address ?? 0) - (SECOND?.address ?? 0), 65536);
  assert.ok((COUNTS?.address ?? 0) < WORKER_AREA_BYTES);
  assert.equal(regionsOf(placeTables(before)).get('COUNTS_OFFSET'), COUNTS?.address);
});

test('beside another build, tables that agree stay, and the others lie where that one has none', () => {
  const old = placeTables(before);
  const after = [table('NEW', 10), table('FIRST', 65536), table('SECOND', 200000), table('THIRD', 65537)];
  const next = placeTables(after, old);
  assert.deepEqual([next['FIRST'], next['THIRD']], [old['FIRST'], old['THIRD']]);
  for (const name of ['NEW', 'SECOND']) {
    const place = next[name];
    assert.ok(place && !Object.values(old).some((each) => overlap(each, place)), name);
  }
});

test('going back beside the newer build gives a table another place than it has there', () => {
  const old = placeTables(before);
  const next = placeTables([table('FIRST', 65536), table('SECOND', 200000)], old);
  assert.ok(!overlap(placeTables(before, next)['SECOND'] ?? assert.fail(), next['SECOND'] ?? assert.fail()));
});

test('tables that need more room than there is are refused', () => {
  assert.throws(
    () => placeTables([table('LARGE', TABLES_END)]),
    /the tables need room up to \d+, and \d+ is the most/,
  );
});

function table(name: string, bytes: number, perWorker = false): TableLayout {
  return { name, bytes, perWorker, layout: `${name} ${bytes}` };
}
