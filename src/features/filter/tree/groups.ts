import { FILTER_TREES } from '../layout.ts';
import { type Box, DESTINATION, SOURCE } from './box.ts';

/** An address range at least that wide, a sixteenth of the whole or more, is no place to look for a rule. */
const WIDE = 0x10000000;

/**
 * Parts rules into those that say much of both addresses, of one, and of none: a tree that had to cut one kind would
 * have the others in most of its leaves.
 *
 * @returns numbers of boxes in their order, at most FILTER_TREES lists, none empty, that with the first rule first
 */
export function groupRules(boxes: readonly (Box | undefined)[]): readonly (readonly number[])[] {
  const groups = Array.from({ length: FILTER_TREES }, (): number[] => []);
  for (const [rank, box] of boxes.entries())
    if (box) groups[(isWide(box, DESTINATION) ? 1 : 0) + (isWide(box, SOURCE) ? 2 : 0)]?.push(rank);
  const inUse = groups.filter((group) => group.length > 0);
  return inUse.toSorted(([left = 0], [right = 0]) => left - right);
}

function isWide({ lowest, highest }: Box, word: number): boolean {
  return (highest[word] ?? 0) - (lowest[word] ?? 0) >= WIDE;
}
