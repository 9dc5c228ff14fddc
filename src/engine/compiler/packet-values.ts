import type binaryen from 'binaryen';
import { cut, type Knowledge, type Value } from './known-values.ts';
import type { Moved } from './moved.ts';
import { type Access, fieldSize } from './packet-fields.ts';
import type { Expression } from './wasm-tree.ts';

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
  read(call: Expression, access: Access): Value {
    if (this.#known.isReached) this.#reads.set(call, this.#moveOf(access.field));
    return this.#known.get(variable(access.field), this.#bitsOf(access));
  }

  write(access: Access, value: Value): void {
    this.#known.set(variable(access.field), cut(this.#module, value, this.#bitsOf(access)));
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

  #bitsOf({ accessor }: Access): number {
    return fieldSize(this.#module, accessor.replace('#set:', '#get:'))?.bits ?? 0;
  }
}

const variable = (field: string) => `packet ${field}`;
