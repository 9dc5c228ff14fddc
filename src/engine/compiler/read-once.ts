import binaryen from 'binaryen';
import {
  addLocal,
  bodyOf,
  type Expression,
  functionsOf,
  isNamed,
  kindOf,
  type Place,
  textOf,
  walk,
} from './wasm-tree.ts';

/** Reads at a function's start, once, the globals that are set by `attach` alone: they stay as they are while it runs. */
export function readOnce(module: binaryen.Module, fn: number, body: Place, attach: string): void {
  const setElsewhere = new Set<string>();
  for (const other of functionsOf(module)) {
    if (isNamed(other, attach) || isInitializer(other)) continue;
    walk(bodyOf(other), ({ get }) => {
      if (kindOf(get()) === 'GlobalSet') setElsewhere.add(textOf(get(), 'Name'));
    });
  }
  const locals = new Map<string, { readonly local: number; readonly read: Expression }>();
  walk(body, (place) => {
    const read = place.get();
    if (kindOf(read) !== 'GlobalGet') return;
    const name = textOf(read, 'Name');
    if (setElsewhere.has(name) || !binaryen.getGlobalInfo(module.getGlobal(name)).mutable) return;
    const type = binaryen.getExpressionType(read);
    const { local } = locals.get(name) ?? { local: addLocal(fn, type) };
    locals.set(name, { local, read });
    place.set(module.local.get(local, type));
  });
  const sets = [...locals.values()].map(({ local, read }) => module.local.set(local, read));
  body.set(module.block(null, [...sets, body.get()]));
}

/** Tells whether a function sets the first values of a module's globals. */
function isInitializer(fn: binaryen.FunctionRef): boolean {
  return /^~?start(:|$)/.test(binaryen.getFunctionInfo(fn).name);
}
