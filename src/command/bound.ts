import type { ArgumentType } from './argument.ts';

/** A syntax tree whose leaves know their declarations, and where in the record their values go. */
export type BoundNode<C> =
  | Leaf<C>
  | { readonly kind: 'sequence'; readonly items: readonly BoundNode<C>[] }
  | { readonly kind: 'choice'; readonly branches: readonly BoundNode<C>[] }
  | { readonly kind: 'subset'; readonly items: readonly BoundNode<C>[] }
  | { readonly kind: 'optional'; readonly item: BoundNode<C> }
  | RepeatNode<C>;

export type Leaf<C> = BoundLiteral | BoundArgument<C>;

export interface BoundLiteral {
  readonly kind: 'literal';
  readonly word: string;
  readonly help?: string;
  /** What the word reports: nothing, true for a flag, itself for one of several alternatives. */
  readonly reports?: { readonly slot: Slot; readonly value: string | true };
}

export interface BoundArgument<C> {
  readonly kind: 'argument';
  readonly name: string;
  readonly type: ArgumentType<unknown, C>;
  readonly slot: Slot;
}

export interface RepeatNode<C> {
  readonly kind: 'repeat';
  readonly item: BoundNode<C>;
  readonly minimum: 0 | 1;
  /** The key of the array that gets a new record with each repetition. */
  readonly opens?: string;
}

/** A place for a value: a key of the record, or of the newest record of a repeated group. */
export interface Slot {
  readonly key: string;
  readonly record?: string;
  readonly many: boolean;
}
