import binaryen from 'binaryen';
import { type Expression, numberOf } from './wasm-tree.ts';

/** What is known of an expression: two of one identity have one value. */
export interface Value {
  readonly id: string;
  /** How many of its bits can be set. */
  readonly bits: number;
  readonly fixed?: Fixed | undefined;
  readonly sum?: Sum | undefined;
}

/** A value that is another one and a constant more, in so many bits. */
export interface Sum {
  readonly of: Value;
  readonly plus: number;
  readonly bits: number;
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
  const sum = sumOf(operation, left, right);
  if (sum?.plus === 0 && sum.bits === 32) return sum.of;
  const bits = operation === binaryen.AndInt32 ? Math.min(left.bits, right.bits) : 64;
  return { id, bits, sum, fixed: fixedBy(module, operation, left.fixed, right.fixed) };
}

/** A value and a constant more or less; that of a sum is a sum of the same. */
function sumOf(operation: number, left: Value, right: Value): Sum | undefined {
  const sign = new Map([
    [binaryen.AddInt32, 1],
    [binaryen.SubInt32, -1],
  ]).get(operation);
  if (sign === undefined || !/^\d+$/.test(right.id)) return undefined;
  const { of, plus, bits } = left.sum ?? { of: left, plus: 0, bits: 32 };
  return { of, plus: plus + sign * Number(right.id), bits };
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
  const { of = value, plus = 0, bits: left = 32 } = value.sum ?? {};
  if (plus === 0 && bits <= left && of.bits <= bits) return of;
  const sum = value.sum && { of, plus, bits: Math.min(bits, left) };
  const { by, make } = value.fixed ?? {};
  const mask = () => module.i32.const(2 ** bits - 1);
  const fixed = make && { by, make: () => module.i32.and(make(), mask()) };
  return { id: `${bits} bits of ${value.id}`, bits, sum, fixed };
}

type State = ReadonlyMap<string, Value>;

/** What is known at one point of a walk in order of evaluation. */
export class Knowledge {
  /** Undefined where nobody gets to. */
  #known: Map<string, Value> | undefined = new Map();
  /** What is known where a block is left, by its label. */
  readonly #exits = new Map<string, State[]>();

  get isReached(): boolean {
    return this.#known !== undefined;
  }

  /** The value that a variable has. */
  get(variable: string, bits?: number): Value {
    const value = this.#known?.get(variable) ?? unknown(bits);
    this.#known?.set(variable, value);
    return value;
  }

  set(variable: string, value: Value): void {
    this.#known?.set(variable, value);
  }

  forget(variable: string): void {
    this.#known?.delete(variable);
  }

  /** Nobody gets further than here. */
  stop(): void {
    this.#known = undefined;
  }

  /** From here some go on behind a block. */
  leave(label: string): void {
    if (this.#known) this.#exits.set(label, [...(this.#exits.get(label) ?? []), new Map(this.#known)]);
  }

  /** Visits a block, behind which come those that have left it, too. */
  block(label: string, visit: () => void): void {
    visit();
    const exits = this.#exits.get(label) ?? [];
    this.#exits.delete(label);
    if (exits.length > 0) this.#known = common([...exits, ...(this.#known ? [this.#known] : [])]);
  }

  /** Visits two ways that come together again. */
  either(one: () => void, other: () => void): void {
    const before = this.#known && new Map(this.#known);
    one();
    const after = this.#known;
    this.#known = before;
    other();
    const all = [after, this.#known].flatMap((state) => state ?? []);
    this.#known = all.length > 0 ? common(all) : undefined;
  }
}

/** What all of some states have in common. */
function common([first = new Map(), ...others]: readonly State[]): Map<string, Value> {
  return new Map(
    [...first].filter(([variable, value]) => others.every((other) => other.get(variable) === value)),
  );
}
