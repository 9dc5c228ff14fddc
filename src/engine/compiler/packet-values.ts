import type binaryen from 'binaryen';
import { cut, type Knowledge, type Value } from './known-values.ts';
import type { Moved } from './moved.ts';
import { fieldSize } from './packet-fields.ts';
import { type Expression, textOf } from './wasm-tree.ts';

/** What is known of the packet's fields on its way, and what has been added to them since it began. */
export class PacketValues {
  readonly #module: binaryen.Module;
  readonly #known: Knowledge;
  /** What the fields are when the packet's way begins. */
  readonly #first = new Map<string, Value>();
  readonly #reads = new Map<Expression, number | undefined>();
  readonly #ends = new Map<Expression, ReadonlyMap<string, number>>();

  constructor(module: binaryen.Module, known: Knowledge) {
    this.#module = module;
    this.#known = known;
  }

  get moved(): Pick<Moved, 'reads' | 'ends'> {
    return { reads: this.#reads, ends: this.#ends };
  }

  /** Says what a field is when the packet's way begins. */
  beginWith(field: string, value: Value): void {
    this.#first.set(field, value);
    this.#known.set(variable(field), value);
  }

  /** From here on a field's value is known: from the start, where nothing has been done with it. */
  meet(field: string, value: Value): void {
    if (this.#moveOf(field) === 0) this.beginWith(field, value);
    else this.#known.set(variable(field), value);
  }

  /** A call reads a field: it has the value that was written last. */
  read(call: Expression): Value {
    const target = textOf(call, 'Target');
    const field = fieldOf(target);
    if (this.#known.isReached) this.#reads.set(call, this.#moveOf(field));
    return this.#known.get(variable(field), this.#bitsOf(target));
  }

  write(call: Expression, value: Value): void {
    const target = textOf(call, 'Target');
    const bits = this.#bitsOf(target.replace('#set:', '#get:'));
    this.#known.set(variable(fieldOf(target)), cut(this.#module, value, bits));
  }

  forget(field: string): void {
    this.#known.forget(variable(field));
  }

  /** Notes what has become of the fields where a call ends the packet's way. */
  end(call: Expression): void {
    const moves = [...this.#first.keys()].map((field) => [field, this.#moveOf(field)] as const);
    this.#ends.set(call, new Map(moves.filter((move): move is [string, number] => move[1] !== undefined)));
  }

  /** What has been added to a field since the packet's way began, when nothing else has been done with it. */
  #moveOf(field: string): number | undefined {
    const first = this.#first.get(field);
    const value = this.#known.get(variable(field));
    if (!first || value.id === first.id) return first && 0;
    return value.sum?.of.id === first.id && value.sum.bits >= first.bits ? value.sum.plus : undefined;
  }

  #bitsOf(getter: string): number {
    return fieldSize(this.#module, getter)?.bits ?? 0;
  }
}

const variable = (field: string) => `packet ${field}`;

/** The field that a function such as `Record#get:field` reaches. */
function fieldOf(accessor: string): string {
  return accessor.slice(accessor.indexOf(':') + 1);
}
