import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatapathInfo } from '../compiler/compile.ts';
import { withSpares } from '../compiler/graph.ts';
import type { TablePlace, TablePlaces } from '../compiler/regions.ts';
import { findMisfit, findMissingFunction } from './fits.ts';

const needs = {
  nodes: ['first'],
  functions: { setRoute: 2 },
  rewrites: [{ tables: ['ROUTES'], unknown: ['SLOTS'] }],
};
const running = info(['first', 'second']);

test('a build with one more stage fits', () => {
  assert.equal(findMisfit(running, info(['first', 'second', 'third']), needs), undefined);
});

test('a build without a stage that nobody uses fits', () => {
  assert.equal(findMisfit(running, info(['first']), needs), undefined);
});

test('a build without a stage that is in use does not', () => {
  assert.match(findMisfit(running, info(['', 'second']), needs)?.expected ?? '', /first, which is in use/);
});

test('a build that numbers its stages otherwise does not fit, as tables hold the numbers', () => {
  const misfit = findMisfit(running, info(['first', 'new', 'second']), needs);
  assert.match(misfit?.expected ?? '', /number 1 for second/);
});

test('a table that its keeper can write again may be laid out otherwise, where none is now', () => {
  const beside = withTables({ ROUTES: place(300, 'other'), PORTS: place(200) });
  assert.equal(findMisfit(withTables(), beside, needs), undefined);
  const over = withTables({ ROUTES: place(150, 'other'), PORTS: place(200) });
  assert.match(findMisfit(withTables(), over, needs)?.received ?? '', /--beside/);
});

test('a table that nobody can write again must be as it is', () => {
  const other = withTables({ ROUTES: place(100), PORTS: place(300, 'other') });
  const misfit = findMisfit(withTables(), other, needs);
  assert.match(misfit?.expected ?? '', /the table PORTS laid out as it is/);
  assert.match(misfit?.received ?? '', /needs a restart/);
});

test('a table that is as it was must be where it was', () => {
  const moved = withTables({ ROUTES: place(400), PORTS: place(200) });
  assert.match(findMisfit(withTables(), moved, needs)?.expected ?? '', /the table ROUTES where it is/);
});

test('a new table lies where none is now', () => {
  const tables = withTables().tables;
  assert.equal(findMisfit(withTables(), withTables({ ...tables, NEW: place(300) }), needs), undefined);
  const over = findMisfit(withTables(), withTables({ ...tables, NEW: place(150) }), needs);
  assert.match(over?.expected ?? '', /the table NEW where the running build has none/);
});

test('a number of a layout may change only for keepers that do without it, and with all their tables', () => {
  const shapes = (slots: string, most = '9') => ({ 'some/layout SLOTS': slots, 'some/layout MOST': most });
  const before = { ...withTables(), shapes: shapes('4') };
  const tables = { ROUTES: place(300, 'other'), PORTS: place(200) };
  assert.equal(findMisfit(before, { ...withTables(tables), shapes: shapes('8') }, needs), undefined);
  const alone = findMisfit(before, { ...withTables(), shapes: shapes('8') }, needs);
  assert.match(alone?.expected ?? '', /some\/layout SLOTS as the control side knows it: 4/);
  const other = findMisfit(before, { ...withTables(tables), shapes: shapes('8', '7') }, needs);
  assert.match(other?.received ?? '', /7: it needs a restart/);
});

test('a build must have the control functions, with as many parameters', () => {
  assert.equal(findMissingFunction({ setRoute: (_: number, __: number) => 0 }, needs), undefined);
  assert.equal(findMissingFunction({}, needs)?.received, 'none');
  assert.equal(findMissingFunction({ setRoute: (_: number) => 0 }, needs)?.received, 'one of 1');
});

/** A datapath whose stages have these names, by number; an empty name is none. */
function info(stages: readonly string[]): DatapathInfo {
  const named = stages.flatMap((name, id) => (name === '' ? [] : [{ name, id }]));
  const common = { kind: 'stage', doc: '', edges: [], tables: [], layer: '', takesFrames: false } as const;
  const nodes = withSpares(named.map((each) => ({ ...common, ...each })));
  const graph = { nodes, stageCount: stages.length, firstDrop: 256 };
  return { graph, regions: {}, layout: '', tables: {}, shapes: {}, places: { offsets: [], stages: [] } };
}

function withTables(tables: TablePlaces = { ROUTES: place(100), PORTS: place(200) }): DatapathInfo {
  return { ...running, tables };
}

function place(address: number, layout = 'usual'): TablePlace {
  return { address, bytes: 100, perWorker: false, layout };
}
