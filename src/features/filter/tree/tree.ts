import { type Box, KEY_WORDS } from './box.ts';
import { type Boxes, cutPart, type Part } from './cut.ts';

/** A tree that leads a key to the rules it can meet: a cut along a word, or the rules, in their order. */
export type Tree =
  | { readonly word: number; readonly bounds: readonly number[]; readonly ways: readonly Tree[] }
  | { readonly rules: Uint32Array };

/** So few rules are compared as fast as they are parted. */
const LEAF_RULES = 3;
/** How often a rule may be in leaves, on the average: rules that overlap much are compared rather than copied further. */
const COPIES = 12;

/** Puts all boxes in arrays. */
export function packBoxes(boxes: readonly (Box | undefined)[]): Boxes {
  const packed = {
    lowest: new Uint32Array(boxes.length * KEY_WORDS),
    highest: new Uint32Array(boxes.length * KEY_WORDS),
    whole: new Uint8Array(boxes.length),
  };
  for (const [i, box] of boxes.entries()) {
    if (!box) continue;
    packed.lowest.set(box.lowest, i * KEY_WORDS);
    packed.highest.set(box.highest, i * KEY_WORDS);
    packed.whole[i] = box.flagsMask === 0 ? 1 : 0;
  }
  return packed;
}

/** Grows a tree over some rules, level by level: where room for copies ends, the leaves of all branches stay alike large. */
export function growTree(boxes: Boxes, rules: readonly number[]): Tree {
  const everything: Part = {
    lowest: new Uint32Array(KEY_WORDS),
    highest: new Uint32Array(KEY_WORDS).fill(0xffffffff),
    rules: Uint32Array.from(rules),
  };
  const roots: Tree[] = [];
  let room = COPIES * rules.length;
  for (let level: readonly Bud[] = [{ part: everything, among: roots, at: 0 }]; level.length > 0; ) {
    const next: Bud[] = [];
    for (const { part, among, at } of level) {
      const cut = part.rules.length > LEAF_RULES && room > 0 ? cutPart(boxes, part) : undefined;
      const ways: Tree[] = [];
      among[at] = cut ? { word: cut.word, bounds: cut.bounds, ways } : { rules: part.rules };
      for (const [i, each] of (cut?.parts ?? []).entries()) next.push({ part: each, among: ways, at: i });
      if (cut) room += part.rules.length - cut.parts.reduce((sum, each) => sum + each.rules.length, 0);
    }
    level = next;
  }
  return roots[0] ?? { rules: new Uint32Array(0) };
}

/** A part that is to become the tree at a place among others. */
interface Bud {
  readonly part: Part;
  readonly among: Tree[];
  readonly at: number;
}
