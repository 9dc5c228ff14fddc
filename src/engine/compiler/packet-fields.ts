import binaryen from 'binaryen';
import {
  bodyOf,
  type Expression,
  flagOf,
  isNamed,
  kindOf,
  numberOf,
  operandsOf,
  type Place,
  textOf,
  walk,
} from './wasm-tree.ts';

// AssemblyScript reaches a field of a class through a function of its own, `Record#get:field` or `Record#set:field`,
// until it optimises. So a module says by name what it reads and writes.

/** A field of a record. */
export interface Field {
  readonly name: string;
  /** The functions that AssemblyScript has made to read and to write it: either may be missing. */
  readonly getter: string;
  readonly setter: string;
  readonly type: binaryen.Type;
  readonly offset: number;
  readonly bytes: number;
  /** Whether it is read anywhere, and whether it is written where it was looked for. */
  readonly isRead: boolean;
  readonly isWritten: boolean;
}

/** The fields of a class that `body` reads or writes. */
export function fieldsOf(module: binaryen.Module, body: Place, record: string): readonly Field[] {
  const accesses: Access[] = [];
  walk(body, ({ get }) => {
    const access = accessOf(get(), record);
    if (access) accesses.push(access);
  });
  const names = new Set(accesses.map(({ field }) => field));
  return [...names].map((name) => {
    const all = accesses.filter(({ field }) => field === name);
    const accessor = all[0]?.accessor ?? '';
    const getter = accessor.replace('#set:', '#get:');
    return {
      ...placeOf(module, accessor),
      name,
      getter,
      setter: accessor.replace('#get:', '#set:'),
      isRead: module.getFunction(getter) !== 0,
      isWritten: all.some(({ isWrite }) => isWrite),
    };
  });
}

/** Learns from a function that reaches a field where that lies. */
function placeOf(module: binaryen.Module, accessor: string): Pick<Field, 'type' | 'offset' | 'bytes'> {
  let found: Pick<Field, 'type' | 'offset' | 'bytes'> | undefined;
  walk(bodyOf(module.getFunction(accessor)), ({ get }) => {
    const kind = kindOf(get());
    if (kind !== 'Load' && kind !== 'Store') return;
    const value = kind === 'Load' ? get() : (operandsOf(get())[1]?.get() ?? 0);
    found = {
      type: binaryen.getExpressionType(value),
      offset: numberOf(get(), 'Offset'),
      bytes: numberOf(get(), 'Bytes'),
    };
  });
  if (!found) throw new Error(`${accessor} reaches no memory`);
  return found;
}

/** A read or write of one field. */
export interface Access {
  readonly accessor: string;
  readonly field: string;
  readonly isWrite: boolean;
}

/** What a call reads or writes, when it is one of the functions that reach a field of `record`. */
export function accessOf(call: Expression, record: string): Access | undefined {
  const accessor = kindOf(call) === 'Call' ? textOf(call, 'Target') : '';
  const [owner, name] = accessor.split('#');
  const [kind, field] = name?.split(':') ?? [];
  if (!owner || !field || !isNamed(owner, record)) return undefined;
  return { accessor, field, isWrite: kind === 'set' };
}

/** The type of a field and how many bits it has, by the function that reads it and does nothing else. */
export function fieldSize(
  module: binaryen.Module,
  getter: string,
): { readonly type: binaryen.Type; readonly bits: number } | undefined {
  const fn = module.getFunction(getter);
  if (fn === 0) return undefined;
  const body = bodyOf(fn).get();
  if (body === 0 || kindOf(body) !== 'Load') return undefined;
  const type = binaryen.getExpressionType(body);
  return { type, bits: flagOf(body, 'Signed') ? 64 : 8 * numberOf(body, 'Bytes') };
}

/** The functions by which an expression writes fields. */
export function settersIn(body: Place): ReadonlySet<string> {
  const found = new Set<string>();
  walk(body, ({ get }) => {
    const target = kindOf(get()) === 'Call' ? textOf(get(), 'Target') : '';
    if (target.includes('#set:')) found.add(target);
  });
  return found;
}
