import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_STAGES } from '../layout.ts';
import { linkGraph, nodesOf } from './graph.ts';
import type { Stage } from './stages.ts';

test('one more stage changes the id of no other stage, ending or drop', () => {
  const numbers = { stages: ['first', 'last'], drops: ['tx-full', 'bad'] };
  const before = idsOf(linkGraph([stage('first', 'last'), stage('last', 'sent', 'bad')], numbers));
  const grown = [stage('first', 'last'), stage('last', 'sent', 'bad'), stage('more', 'last', 'worse')];
  const after = idsOf(linkGraph(grown, numbers));
  for (const [name, id] of before) assert.equal(after.get(name), id, name);
  assert.deepEqual([after.get('more'), [...after.keys()].at(-1)], [2, 'worse']);
});

test('a drop keeps its number when another stage comes to name it first', () => {
  const numbers = { stages: [], drops: ['late', 'tx-full', 'early'] };
  const ids = idsOf(linkGraph([stage('first', 'early', 'late')], numbers));
  assert.ok((ids.get('late') ?? 0) < (ids.get('tx-full') ?? 0));
});

test("every node's id is its index, with spare numbers between stages and endings", () => {
  const graph = linkGraph([stage('first', 'sent')]);
  assert.ok(graph.nodes.every(({ id }, index) => id === index));
  assert.equal(graph.nodes[1]?.kind, 'spare');
  assert.equal(graph.nodes[MAX_STAGES]?.name, 'sent');
});

test('a drop that is gone leaves its number to nobody', () => {
  const numbers = { stages: ['first'], drops: ['tx-full', 'gone', 'bad'] };
  const ids = idsOf(linkGraph([stage('first', 'bad', 'new')], numbers));
  assert.equal((ids.get('bad') ?? 0) - (ids.get('tx-full') ?? 0), 2);
  assert.equal([...ids.keys()].at(-1), 'new');
});

test('refuses two nodes of one name', () => {
  assert.throws(() => linkGraph([stage('sent', 'consumed')]), /two nodes named sent/);
});

function idsOf(graph: ReturnType<typeof linkGraph>): ReadonlyMap<string, number> {
  return new Map(nodesOf(graph).map(({ name, id }) => [name, id]));
}

/** A stage with edges to these names; what is no stage or ending is a drop. */
function stage(name: string, ...edges: readonly string[]): Stage {
  const places = new Set(['first', 'last', 'more', 'sent', 'consumed']);
  return {
    name,
    file: `${name}.ts`,
    functionName: name,
    doc: '',
    edges: edges.map((to) => ({ to, drop: !places.has(to), doc: '' })),
    tables: [],
    layer: '',
    takesFrames: false,
    expects: undefined,
  };
}
