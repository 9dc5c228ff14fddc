import { KEY_WORDS } from './box.ts';

/** All boxes in arrays: word W of box B at B × KEY_WORDS + W. */
export interface Boxes {
  readonly lowest: Uint32Array;
  readonly highest: Uint32Array;
  /** Boxes that every key within them meets: they look at no flags. */
  readonly whole: Uint8Array;
}

/** A part of all keys, and the rules that keys in it can meet, in their order. */
export interface Part {
  readonly lowest: Uint32Array;
  readonly highest: Uint32Array;
  readonly rules: Uint32Array;
}

/** A part that is cut along one word behind each of some values. */
export interface Cut {
  readonly word: number;
  readonly bounds: readonly number[];
  readonly parts: readonly Part[];
}

/** Most bounds of one cut. */
const BOUNDS = 7;

/** Cuts a part so that the parts have few rules; undefined where no cut takes any rule out of all of them. */
export function cutPart(boxes: Boxes, part: Part): Cut | undefined {
  let best: { word: number; bounds: readonly number[]; cost: number } | undefined;
  for (let word = 0; word < KEY_WORDS; word++) {
    const bounds = chooseBounds(endsWithin(boxes, part, word));
    if (bounds.length === 0) continue;
    const cost = costOf(boxes, part, { word, bounds });
    if (cost < (best?.cost ?? part.rules.length ** 2 * (1 - LEAST_GAIN))) best = { word, bounds, cost };
  }
  if (!best) return undefined;
  const { word, bounds } = best;
  return { word, bounds, parts: partsOf(boxes, part, { word, bounds }) };
}

/** A cut that leaves nearly all rules everywhere takes more to pass than it saves. */
const LEAST_GAIN = 0.1;

/** Values of a word behind which some rule of a part begins or ends, in order; each as often as it is one. */
function endsWithin(boxes: Boxes, part: Part, word: number): Uint32Array {
  const [low, high] = [part.lowest[word] ?? 0, part.highest[word] ?? 0];
  const ends = new Uint32Array(2 * part.rules.length);
  let count = 0;
  for (const rule of part.rules) {
    const first = boxes.lowest[rule * KEY_WORDS + word] ?? 0;
    const last = boxes.highest[rule * KEY_WORDS + word] ?? 0;
    if (first > low) ends[count++] = first - 1;
    if (last < high) ends[count++] = last;
  }
  return ends.subarray(0, count).sort();
}

/** Takes bounds that have about as many ends between them. */
function chooseBounds(ends: Uint32Array): readonly number[] {
  const chosen = new Set<number>();
  for (let i = 1; i <= BOUNDS; i++) {
    const bound = ends[Math.floor((i * ends.length) / (BOUNDS + 1))];
    if (bound !== undefined) chosen.add(bound);
  }
  return [...chosen];
}

interface Bounds {
  readonly word: number;
  readonly bounds: readonly number[];
}

/** What a cut leaves to be compared: the mean over the parts of the square of their rules, which weighs large ones. */
function costOf(boxes: Boxes, part: Part, cut: Bounds): number {
  const { bounds } = cut;
  const counts = new Float64Array(bounds.length + 2);
  for (const rule of part.rules) {
    const { from, to } = span(boxes, rule, cut);
    counts[from] = (counts[from] ?? 0) + 1;
    counts[to + 1] = (counts[to + 1] ?? 0) - 1;
  }
  let [sum, now] = [0, 0];
  for (let i = 0; i <= bounds.length; i++) {
    now += counts[i] ?? 0;
    sum += now ** 2;
  }
  return sum / (bounds.length + 1);
}

/** The first and the last of the parts that a rule reaches into. */
function span(boxes: Boxes, rule: number, { word, bounds }: Bounds): { from: number; to: number } {
  const first = boxes.lowest[rule * KEY_WORDS + word] ?? 0;
  const last = boxes.highest[rule * KEY_WORDS + word] ?? 0;
  let [from, to] = [0, 0];
  for (const bound of bounds) {
    if (first > bound) from++;
    if (last > bound) to++;
  }
  return { from, to };
}

function partsOf(boxes: Boxes, part: Part, cut: Bounds): readonly Part[] {
  const rules = Array.from({ length: cut.bounds.length + 1 }, (): number[] => []);
  for (const rule of part.rules) {
    const { from, to } = span(boxes, rule, cut);
    for (let i = from; i <= to; i++) rules[i]?.push(rule);
  }
  return rules.map((list, i) => {
    const lowest = part.lowest.slice();
    const highest = part.highest.slice();
    if (i > 0) lowest[cut.word] = (cut.bounds[i - 1] ?? 0) + 1;
    if (i < cut.bounds.length) highest[cut.word] = cut.bounds[i] ?? 0;
    return reachable(boxes, { lowest, highest, rules: Uint32Array.from(list) });
  });
}

/** Leaves out the rules behind one that every key of a part meets. */
function reachable(boxes: Boxes, part: Part): Part {
  const covers = part.rules.findIndex((rule) => boxes.whole[rule] === 1 && isWithin(boxes, part, rule));
  return covers < 0 ? part : { ...part, rules: part.rules.subarray(0, covers + 1) };
}

function isWithin(boxes: Boxes, part: Part, rule: number): boolean {
  for (let word = 0; word < KEY_WORDS; word++) {
    const at = rule * KEY_WORDS + word;
    if ((boxes.lowest[at] ?? 0) > (part.lowest[word] ?? 0)) return false;
    if ((boxes.highest[at] ?? 0) < (part.highest[word] ?? 0)) return false;
  }
  return true;
}
