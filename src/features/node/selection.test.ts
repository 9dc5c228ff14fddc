import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from './node-object.ts';
import { NodeIndex } from './selection.ts';

function node(name: string, labels: Readonly<Record<string, string>> = {}): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name, namespace: 'default', labels } };
}

const namesOf = (nodes: readonly Node[]) => nodes.map(({ metadata }) => metadata.name);
const [a, b, c] = [node('a', { rack: '1' }), node('b', { rack: '2' }), node('c', { rack: '1' })];

test('nodes are found by name, by label, or all of them, in order of their names', () => {
  const index = new NodeIndex([a, b, c]);
  assert.deepEqual(namesOf(index.select({})), ['a', 'b', 'c']);
  assert.deepEqual(namesOf(index.select({ nodes: ['c', 'nobody', 'a', 'c'] })), ['a', 'c']);
  assert.deepEqual(namesOf(index.select({ nodeSelector: { rack: '1' } })), ['a', 'c']);
  assert.deepEqual(index.unknown({ nodes: ['a', 'nobody'] }), ['nobody']);
});

test('a label whose nodes are the same keeps its list, others find who has come and gone', () => {
  const before = new NodeIndex([a, b]);
  const moved = node('b', { rack: '3' });
  const after = new NodeIndex([a, moved, c], before);
  assert.deepEqual(namesOf(after.select({ nodeSelector: { rack: '1' } })), ['a', 'c']);
  assert.deepEqual(namesOf(after.select({ nodeSelector: { rack: '2' } })), []);
  assert.deepEqual(namesOf(after.select({ nodeSelector: { rack: '3' } })), ['b']);
  const again = new NodeIndex([a, c], after);
  assert.equal(again.select({ nodeSelector: { rack: '1' } }), after.select({ nodeSelector: { rack: '1' } }));
});
