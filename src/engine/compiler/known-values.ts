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
  if (operation === binaryen.AndInt32 && right.id === String(2 ** left.bits - 1)) return left;
  const bits = operation === binaryen.AndInt32 ? Math.min(left.bits, right.bits) : 64;
  return { id, bits, fixed: fixedBy(module, operation, left.fixed, right.fixed) };
}

/** How to make again what an operation makes of a value that stays the same and a constant. */
function fixedBy(
  { i32 }: binaryen.Module,
  operation: number,
  left: Fixed | undefined,
  right: Fixed | undefined,
): Fixed | undefined {
  const operations = new Map([
    [binaryen.AndInt32, i32.and],
    [binaryen.OrInt32, i32.or],
    [binaryen.EqInt32, i32.eq],
    [binaryen.NeInt32, i32.ne],
    [binaryen.AddInt32, i32.add],
    [binaryen.SubInt32, i32.sub],
    [binaryen.LtUInt32, i32.lt_u],
  ]);
  const operate = operations.get(operation);
  if (!operate || !left || !right || right.by) return undefined;
  return { by: left.by, make: () => operate(left.make(), right.make()) };
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
