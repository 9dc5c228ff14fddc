import { NO_STAGE, type StagePlaces } from '../compiler/places.ts';

/**
 * Finds the stage that a trap happened in: the innermost frame whose byte belongs to a stage. V8 names the byte of
 * each frame, of functions that were inlined too ("wasm://…:wasm-function[12]:0x3a5c").
 *
 * @returns the stage's id, or undefined when it was the engine's own code
 */
export function stageOfTrap(stack: string, places: StagePlaces): number | undefined {
  for (const [, offset = ''] of stack.matchAll(/wasm-function\[\d+\]:0x([0-9a-f]+)/g)) {
    const stage = stageAt(Number.parseInt(offset, 16), places);
    if (stage !== NO_STAGE) return stage;
  }
  return undefined;
}

function stageAt(offset: number, { offsets, stages }: StagePlaces): number {
  const after = offsets.findIndex((start) => start > offset);
  return stages[(after < 0 ? offsets.length : after) - 1] ?? NO_STAGE;
}
