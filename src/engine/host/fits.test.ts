import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatapathInfo } from '../compiler/compile.ts';
import { withSpares } from '../compiler/graph.ts';
import { findMisfit, findMissingFunction } from './fits.ts';

const needs = { nodes: ['first'], functions: { setRoute: 2 } };
const running = info('a', ['first', 'second']);

test('a build with one more stage fits', () => {
  assert.equal(findMisfit(running, info('a', ['first', 'second', 'third']), needs), undefined);
});

test('a build without a stage that nobody uses fits', () => {
  assert.equal(findMisfit(running, info('a', ['first']), needs), undefined);
});

test('a build without a stage that is in use does not', () => {
  assert.match(
    findMisfit(running, info('a', ['', 'second']), needs)?.expected ?? '',
    /first, which is in use/,
  );
});

test('a build that numbers its stages otherwise does not fit, as tables hold the numbers', () => {
  const misfit = findMisfit(running, info('a', ['first', 'new', 'second']), needs);
  assert.match(misfit?.expected ?? '', /number 1 for second/);
});

test('a build with another layout does not fit', () => {
  assert.match(findMisfit(running, info('b', ['first', 'second']), needs)?.received ?? '', /needs a restart/);
});

test('a build must have the control functions, with as many parameters', () => {
  assert.equal(findMissingFunction({ setRoute: (_: number, __: number) => 0 }, needs), undefined);
  assert.equal(findMissingFunction({}, needs)?.received, 'none');
  assert.equal(findMissingFunction({ setRoute: (_: number) => 0 }, needs)?.received, 'one of 1');
});

/** A datapath whose stages have these names, by number; an empty name is none. */
function info(layout: string, stages: readonly string[]): DatapathInfo {
  const named = stages.flatMap((name, id) => (name === '' ? [] : [{ name, id }]));
  const common = { kind: 'stage', doc: '', edges: [], tables: [], layer: '', takesFrames: false } as const;
  const nodes = withSpares(named.map((each) => ({ ...common, ...each })));
  const graph = { nodes, stageCount: stages.length, firstDrop: 256 };
  return { graph, regions: {}, layout, places: { offsets: [], stages: [] } };
}
