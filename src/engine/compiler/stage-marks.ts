import type binaryen from 'binaryen';
import { bodyOf, functionNamed, kindOf, operandsOf, type Place, textOf } from './wasm-tree.ts';

/**
 * Says of every expression of the fast way that it comes from the file of the stage whose copy it was inlined into, so
 * that a trap there is blamed on that stage (places.ts) however much the optimiser shuffles and shares.
 */
export function markStages(module: binaryen.Module, loop: string): void {
  const fn = functionNamed(module, loop);
  const files = new Map<string, number>();
  const mark = (place: Place, outer: number | undefined): void => {
    const expression = place.get();
    const stage = kindOf(expression) === 'Block' ? fileOfCopy(textOf(expression, 'Name')) : undefined;
    if (stage !== undefined && !files.has(stage)) files.set(stage, module.addDebugInfoFileName(stage));
    const file = stage === undefined ? outer : files.get(stage);
    if (file !== undefined) module.setDebugLocation(fn, expression, file, 1, 0);
    for (const operand of operandsOf(expression)) mark(operand, file);
  };
  mark(bodyOf(fn), undefined);
}

/** The file of the stage that a block is the fast copy of, as AssemblyScript names what it inlines. */
function fileOfCopy(block: string): string | undefined {
  const path = /^(.*)\/\w+Fast\d*\|inlined\.\d+$/.exec(block)?.[1];
  return path === undefined ? undefined : `${path}.ts`;
}
