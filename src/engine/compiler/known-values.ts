import binaryen from 'binaryen';
import { type Expression, numberOf } from './wasm-tree.ts';

/** What is known of an expression: two of one identity have one value. */
export interface Value {
  readonly id: string;
  /** How many of its bits can be set. */
  readonly bits: number;
  readonly fixed?: Fixed | undefined;
}

/** How to make a value again that is the same as long as something else is: a group's key, or nothing at all. */
export interface Fixed {
  readonly by: object | undefined;
  readonly make: () => Expression;
}

let made = 0;

/** A value of which only its size is known. */
export function unknown(bits = 64): Value {
  return { id: `unknown ${made++}`, bits };
}

/** The value of a 32-bit constant; of another nothing is known. */
export function constant(module: binaryen.Module, expression: Expression): Value {
  if (binaryen.getExpressionType(expression) !== binaryen.i32) return unknown();
  const value = numberOf(expression, 'ValueI32') >>> 0;
  const make = () => module.i32.const(value);
  return { id: String(value), bits: 32 - Math.clz32(value), fixed: { by: undefined, make } };
}

/** What an operation makes of two values. A mask that takes nothing away leaves a value as it is. */
export function combined(module: binaryen.Module, expression: Expression, left: Value, right: Value): Value {
  const operation = numberOf(expression, 'Op');
  const id = `${operation}(${left.id}, ${right.id})`;
  if (operation !== binaryen.AndInt32) return { id, bits: 64 };
  if (right.id === String(2 ** left.bits - 1)) return left;
  const bits = Math.min(left.bits, right.bits);
  const [from, mask] = [left.fixed, right.fixed];
  if (!from || !mask || mask.by) return { id, bits };
  return { id, bits, fixed: { by: from.by, make: () => module.i32.and(from.make(), mask.make()) } };
}

/** What is left of a value in so many bits. */
export function cut(module: binaryen.Module, value: Value, bits: number): Value {
  if (value.bits <= bits) return value;
  const { by, make } = value.fixed ?? {};
  const mask = () => module.i32.const(2 ** bits - 1);
  const fixed = make && { by, make: () => module.i32.and(make(), mask()) };
  return { id: `${bits} bits of ${value.id}`, bits, fixed };
}

/** What is known at one point of a walk in order of evaluation. */
export class Knowledge {
  #known = new Map<string, Value>();

  /** The value that a variable has. */
  get(variable: string, bits?: number): Value {
    const value = this.#known.get(variable) ?? unknown(bits);
    this.#known.set(variable, value);
    return value;
  }

  set(variable: string, value: Value): void {
    this.#known.set(variable, value);
  }

  forget(variable: string): void {
    this.#known.delete(variable);
  }

  /** Visits what may be left out: afterwards what it has changed may be the one or the other. */
  perhaps(visit: () => void): void {
    const before = new Map(this.#known);
    visit();
    for (const [variable, value] of this.#known) if (before.get(variable) !== value) before.delete(variable);
    this.#known = before;
  }
}
