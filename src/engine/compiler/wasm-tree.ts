import binaryen from 'binaryen';

// Walking and changing WebAssembly as Binaryen holds it: its JavaScript interface has a class for each kind of
// expression with a pair of accessors for each operand, which its type declarations leave out.

export type Expression = binaryen.ExpressionRef;

/** A place in the tree that holds an expression. */
export interface Place {
  get(): Expression;
  set(expression: Expression): void;
}

/** The kinds of expressions that this module knows, by Binaryen's names, with their operands in order of evaluation. */
const operands = {
  If: ['Condition', 'IfTrue', 'IfFalse'],
  Loop: ['Body'],
  Break: ['Value', 'Condition'],
  Switch: ['Value', 'Condition'],
  LocalGet: [],
  LocalSet: ['Value'],
  GlobalGet: [],
  GlobalSet: ['Value'],
  Load: ['Ptr'],
  Store: ['Ptr', 'Value'],
  Const: [],
  Unary: ['Value'],
  Binary: ['Left', 'Right'],
  Select: ['IfTrue', 'IfFalse', 'Condition'],
  Drop: ['Value'],
  Return: ['Value'],
  AtomicRMW: ['Ptr', 'Value'],
  AtomicCmpxchg: ['Ptr', 'Expected', 'Replacement'],
  AtomicFence: [],
  AtomicWait: ['Ptr', 'Expected', 'Timeout'],
  AtomicNotify: ['Ptr', 'NotifyCount'],
  MemoryCopy: ['Dest', 'Source', 'Size'],
  MemoryFill: ['Dest', 'Value', 'Size'],
  SIMDExtract: ['Vec'],
  SIMDReplace: ['Vec', 'Value'],
  SIMDShuffle: ['Left', 'Right'],
  SIMDTernary: ['A', 'B', 'C'],
  SIMDShift: ['Vec', 'Shift'],
  SIMDLoad: ['Ptr'],
  SIMDLoadStoreLane: ['Ptr', 'Vec'],
  Nop: [],
  Unreachable: [],
} as const;

/** Lists of operands: the accessors take an index. */
const lists = { Block: 'Child', Call: 'Operand', CallIndirect: 'Operand' } as const;

type Kind = keyof typeof operands | keyof typeof lists;

interface Accessors {
  readonly [accessor: string]: (expression: Expression, ...rest: number[]) => number;
}

const classes = binaryen as unknown as Readonly<Record<string, Accessors>>;
const ids = binaryen as unknown as Readonly<Record<string, number>>;
const kinds = new Map<number, Kind>(
  [...Object.keys(operands), ...Object.keys(lists)].map((kind) => [ids[`${kind}Id`] ?? -1, kind as Kind]),
);

/** The kind of an expression. @throws Error for one that no datapath has had so far */
export function kindOf(expression: Expression): Kind {
  const kind = kinds.get(binaryen.getExpressionId(expression));
  if (!kind) throw new Error(`an expression of unknown kind: ${binaryen.emitText(expression).slice(0, 200)}`);
  return kind;
}

/** Reads a number that an expression holds itself, such as a Load's `Offset`. */
export function numberOf(expression: Expression, name: string): number {
  return accessor(expression, `get${name}`)(expression);
}

/** Reads a name that an expression holds itself: a Call's `Target`, a GlobalGet's `Name`. */
export function textOf(expression: Expression, name: string): string {
  return String(accessor(expression, `get${name}`)(expression));
}

/** Tells a thing about an expression itself, such as whether a Load `is` `Signed`. */
export function flagOf(expression: Expression, name: string): boolean {
  return Boolean(accessor(expression, `is${name}`)(expression));
}

/** The operands of an expression, in order of evaluation. */
export function operandsOf(expression: Expression): readonly Place[] {
  const kind = kindOf(expression);
  if (kind === 'Block' || kind === 'Call' || kind === 'CallIndirect') {
    const list = lists[kind];
    const count = accessor(expression, kind === 'Block' ? 'getNumChildren' : 'getNumOperands')(expression);
    return Array.from({ length: count }, (_, index) => ({
      get: () => accessor(expression, `get${list}At`)(expression, index),
      set: (value) => accessor(expression, `set${list}At`)(expression, index, value),
    }));
  }
  return operands[kind]
    .map((name) => ({
      get: () => accessor(expression, `get${name}`)(expression),
      set: (value: Expression) => accessor(expression, `set${name}`)(expression, value),
    }))
    .filter((place) => place.get() !== 0);
}

/** Calls `visit` for every expression of a tree, those inside before the one around them, in order of evaluation. */
export function walk(place: Place, visit: (place: Place) => void): void {
  for (const operand of operandsOf(place.get())) walk(operand, visit);
  visit(place);
}

/** All functions of a module that have a body. */
export function functionsOf(module: binaryen.Module): readonly binaryen.FunctionRef[] {
  const all = Array.from({ length: module.getNumFunctions() }, (_, index) =>
    module.getFunctionByIndex(index),
  );
  return all.filter((fn) => bodyOf(fn).get() !== 0);
}

/** Tells whether a function, or the name of one, is what AssemblyScript calls that function of the generated module. */
export function isNamed(fn: binaryen.FunctionRef | string, name: string): boolean {
  const whole = typeof fn === 'string' ? fn : binaryen.getFunctionInfo(fn).name;
  return whole.endsWith(`/${name}`);
}

/** Finds a function. @throws Error when the module has none of the name */
export function functionNamed(module: binaryen.Module, name: string): binaryen.FunctionRef {
  const found = functionsOf(module).find((fn) => isNamed(fn, name));
  if (found === undefined) throw new Error(`the datapath has no function ${name}`);
  return found;
}

/** The body of a function, as a place. */
export function bodyOf(fn: binaryen.FunctionRef): Place {
  return {
    get: () => accessorOf('Function', 'getBody')(fn),
    set: (body) => accessorOf('Function', 'setBody')(fn, body),
  };
}

/** Adds a local variable to a function; returns its index. */
export function addLocal(fn: binaryen.FunctionRef, type: binaryen.Type): number {
  const add = (binaryen as unknown as Readonly<Record<string, (fn: number, type: number) => number>>)
    ._BinaryenFunctionAddVar;
  if (!add) throw new Error('Binaryen has no way to add a local variable');
  return add(fn, type);
}

/** How many branches of an expression lead out of a block, by the block's name. */
export function branchesTo(expression: Expression, block: string): number {
  let count = 0;
  for (const operand of operandsOf(expression))
    walk(operand, ({ get }) => {
      if (kindOf(get()) === 'Break' && textOf(get(), 'Name') === block) count++;
    });
  return count;
}

/** Tells a call of a function by its name in its file. */
export function isCallOf(expression: Expression, target: string): boolean {
  return kindOf(expression) === 'Call' && isNamed(textOf(expression, 'Target'), target);
}

function accessor(
  expression: Expression,
  name: string,
): (expression: Expression, ...rest: number[]) => number {
  return accessorOf(kindOf(expression), name);
}

function accessorOf(kind: string, name: string): (expression: number, ...rest: number[]) => number {
  const found = classes[kind]?.[name];
  if (!found) throw new Error(`Binaryen's ${kind} has no ${name}`);
  return found;
}
