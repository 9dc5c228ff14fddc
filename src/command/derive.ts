import type { BoundNode, Leaf } from './bound.ts';

/** One way to go on: the leaf that takes the next word, and what may follow it. */
export interface Step<C> {
  readonly leaf: Leaf<C>;
  readonly rest: BoundNode<C>;
  /** The repeated group that starts a new record with this word. */
  readonly opens?: string;
}

/** Lists the ways in which the next word can be taken (the partial derivatives of Antimirov, 1996). */
export function steps<C>(node: BoundNode<C>): readonly Step<C>[] {
  switch (node.kind) {
    case 'literal':
    case 'argument':
      return [{ leaf: node, rest: nothing }];
    case 'sequence':
      return stepsOfSequence(node.items);
    case 'choice':
      return node.branches.flatMap(steps);
    case 'subset':
      return node.items.flatMap((item) =>
        steps(item).map((step) => before(step, [someOf(others(node.items, item))])),
      );
    case 'optional':
      return steps(node.item);
    case 'repeat':
      return stepsOfRepeat(node);
  }
}

/** Tells whether a line may end here. */
export function canEnd<C>(node: BoundNode<C>): boolean {
  switch (node.kind) {
    case 'literal':
    case 'argument':
      return false;
    case 'sequence':
      return node.items.every(canEnd);
    case 'choice':
      return node.branches.some(canEnd);
    case 'subset':
      return node.items.some(canEnd);
    case 'optional':
      return true;
    case 'repeat':
      return node.minimum === 0 || canEnd(node.item);
  }
}

const nothing = { kind: 'sequence', items: [] } as const;

function stepsOfSequence<C>(items: readonly BoundNode<C>[]): readonly Step<C>[] {
  const [first, ...tail] = items;
  if (first === undefined) return [];
  const here = steps(first).map((step) => before(step, tail));
  return canEnd(first) ? [...here, ...stepsOfSequence(tail)] : here;
}

function stepsOfRepeat<C>(node: BoundNode<C> & { readonly kind: 'repeat' }): readonly Step<C>[] {
  const again: BoundNode<C> = { ...node, minimum: 0 };
  return steps(node.item).map((step) => {
    const next = before(step, [again]);
    return node.opens === undefined ? next : { ...next, opens: node.opens };
  });
}

function before<C>(step: Step<C>, tail: readonly BoundNode<C>[]): Step<C> {
  const items = [step.rest, ...tail].flatMap((node) => (node.kind === 'sequence' ? node.items : [node]));
  const [only] = items;
  return { ...step, rest: items.length === 1 && only !== undefined ? only : { kind: 'sequence', items } };
}

function someOf<C>(items: readonly BoundNode<C>[]): BoundNode<C> {
  return items.length === 0 ? nothing : { kind: 'optional', item: { kind: 'subset', items } };
}

function others<T>(items: readonly T[], item: T): readonly T[] {
  return items.filter((other) => other !== item);
}
