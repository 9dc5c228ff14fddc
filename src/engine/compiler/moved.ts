import type { Expression } from './wasm-tree.ts';

/** By calls in the loop, the packet's fields that are as they were when its way began but for a constant that was added. */
export interface Moved {
  /** Calls that read a field; undefined where something else has been done with it. */
  readonly reads: ReadonlyMap<Expression, number | undefined>;
  /** Calls that end a packet's way, or let it leave: fields by their names. */
  readonly ends: ReadonlyMap<Expression, ReadonlyMap<string, number>>;
  /** Those that end the way of a packet that is gathered together with others. */
  readonly together: ReadonlySet<Expression>;
}
