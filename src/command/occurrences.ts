import type { Declarations } from './argument.ts';
import type { BoundNode, Slot } from './bound.ts';

/** Checks that each declaration says how often its value can come: once, at most once, or many times. */
export function checkOccurrences<C>(node: BoundNode<C>, declarations: Declarations<C>): void {
  const counts = count(node);
  for (const [key, declaration] of Object.entries(declarations)) {
    if (declaration.kind !== 'records') check(key, declaration.kind, counts.get(key) ?? never);
    else
      for (const [inner, of] of Object.entries(declaration.of)) {
        check(inner, of.kind, counts.get(`${key}.${inner}`) ?? never);
      }
  }
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

const never: Bounds = { min: 0, max: 0 };

function check(key: string, kind: 'value' | 'optional' | 'repeated' | 'flag', bounds: Bounds): void {
  if (kind === 'repeated') return;
  if (bounds.max > 1) throw new Error(`"${key}" can come more than once; give each place a name of its own`);
  if (kind === 'value' && bounds.min === 0) throw new Error(`"${key}" can be absent; declare it optional`);
  if (kind === 'optional' && bounds.min === 1)
    throw new Error(`"${key}" always comes; do not declare it optional`);
}

type Counts = ReadonlyMap<string, Bounds>;

function count<C>(node: BoundNode<C>): Counts {
  switch (node.kind) {
    case 'literal':
      return node.reports === undefined ? new Map() : once(node.reports.slot);
    case 'argument':
      return once(node.slot);
    case 'sequence':
      return combine(node.items.map(count), (a, b) => ({ min: a.min + b.min, max: a.max + b.max }));
    case 'choice':
      return combine(node.branches.map(count), (a, b) => ({
        min: Math.min(a.min, b.min),
        max: Math.max(a.max, b.max),
      }));
    case 'subset':
      return combine(node.items.map(count).map(maybe), (a, b) => ({ min: 0, max: a.max + b.max }));
    case 'optional':
      return maybe(count(node.item));
    case 'repeat':
      return node.opens === undefined ? manyTimes(count(node.item), node.minimum) : count(node.item);
  }
}

function once(slot: Slot): Counts {
  return new Map([[slot.record === undefined ? slot.key : `${slot.record}.${slot.key}`, { min: 1, max: 1 }]]);
}

function combine(all: readonly Counts[], join: (left: Bounds, right: Bounds) => Bounds): Counts {
  const keys = new Set(all.flatMap((counts) => [...counts.keys()]));
  return new Map([...keys].map((key) => [key, all.map((counts) => counts.get(key) ?? never).reduce(join)]));
}

function maybe(counts: Counts): Counts {
  return new Map([...counts].map(([key, { max }]) => [key, { min: 0, max }]));
}

function manyTimes(counts: Counts, minimum: number): Counts {
  return new Map(
    [...counts].map(([key, { min }]) => [key, { min: min * minimum, max: Number.POSITIVE_INFINITY }]),
  );
}
