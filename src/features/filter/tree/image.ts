import type { Family } from '../../../net/address.ts';
import {
  FILTER_BYTES_AT,
  FILTER_DEFAULT,
  FILTER_DENY,
  FILTER_HEADER_BYTES,
  FILTER_NODE,
  FILTER_NODE_BYTES,
  FILTER_PERMIT,
  FILTER_RULE_BYTES,
  FILTER_TREES,
} from '../layout.ts';
import type { Action, Match } from '../rule.ts';
import { type Box, boxOf, KEY_WORDS } from './box.ts';
import { groupRules } from './groups.ts';
import { growTree, packBoxes, type Tree } from './tree.ts';

/** A rule to be compared, with the place where it is counted. */
export interface PlacedRule extends Match {
  readonly action: Action;
  readonly place: number;
  /** The number of its rate limit. */
  readonly policer?: number;
}

/** A list to be compared: rules in their order, and what becomes of packets that meet none. */
export interface PlacedList {
  readonly rules: readonly PlacedRule[];
  readonly other: { readonly action: Action; readonly place: number };
}

/** Makes the bytes of a list as packets are compared with it (datapath/rules.ts), in words. */
export function imageOf({ rules, other }: PlacedList): Uint32Array {
  const words = new Words();
  words.reserve(FILTER_HEADER_BYTES);
  for (const [number, family] of families.entries()) {
    const boxes = rules.map((rule) => boxOf(rule, family));
    const offsets = boxes.map((box, rank) => box && writeRule(words, { box, rank, rule: rules[rank] }));
    const packed = packBoxes(boxes);
    const groups = groupRules(boxes);
    for (let i = 0; i < FILTER_TREES; i++) {
      const group = groups[i];
      const slot = (number * FILTER_TREES + i) * 8;
      words.set(slot, group ? writeTree(words, growTree(packed, group), offsets) : 0);
      words.set(slot + 4, group?.[0] ?? NO_RANK);
    }
  }
  words.set(FILTER_DEFAULT, numberOf(other.action));
  words.set(FILTER_DEFAULT + 4, other.place);
  words.reserve(FILTER_NODE_BYTES); // what leads to a list of rules is read like a node, too
  words.set(FILTER_BYTES_AT, words.bytes);
  return words.all;
}

const families: readonly Family[] = ['ipv4', 'ipv6'];
const NO_RANK = 0xffffffff;

function numberOf(action: Action): number {
  return action === 'permit' ? FILTER_PERMIT : FILTER_DENY;
}

/** Rules are compared whole: addresses by value and mask, the other words by their lowest value and what is beyond it. */
function writeRule(
  words: Words,
  { box, rank, rule }: { readonly box: Box; readonly rank: number; readonly rule: PlacedRule | undefined },
): number {
  const at = words.reserve(FILTER_RULE_BYTES);
  for (let word = 0; word < KEY_WORDS; word++) {
    const lowest = box.lowest[word] ?? 0;
    const beyond = (box.highest[word] ?? 0) - lowest;
    const place = at + Math.floor(word / 4) * 32 + (word % 4) * 4;
    words.set(place, lowest);
    words.set(place + 16, word < ADDRESS_WORDS ? ~beyond : beyond);
  }
  const { place = 0, action = 'deny', policer = 0 } = rule ?? {};
  const rest = [box.flags, box.flagsMask, rank, place, numberOf(action), policer];
  for (const [i, value] of rest.entries()) words.set(at + 96 + i * 4, value);
  return at;
}

const ADDRESS_WORDS = 8;

/** Writes a tree from its leaves on; returns the way to it, zero for one without rules. */
function writeTree(words: Words, tree: Tree, offsets: readonly (number | undefined)[]): number {
  if ('rules' in tree) return words.leaf([...tree.rules].map((rank) => offsets[rank] ?? 0));
  const at = words.reserve(FILTER_NODE_BYTES);
  for (let i = 0; i < 8; i++) words.set(at + i * 4, tree.bounds[i] ?? 0xffffffff);
  const first = at + FILTER_NODE_BYTES - 4;
  for (const [i, way] of tree.ways.entries()) words.set(first - i * 4, writeTree(words, way, offsets));
  return at | (tree.word * 4) | FILTER_NODE;
}

/** Words that grow. Leaves with the same rules are one. */
class Words {
  #words = new Uint32Array(4096);
  readonly #leaves = new Map<string, number>();
  bytes = 0;

  get all(): Uint32Array {
    return this.#words.slice(0, this.bytes / 4);
  }

  set(at: number, value: number): void {
    this.#words[at / 4] = value;
  }

  /** Room for so many bytes, from a cache line's start on where there are that many. */
  reserve(bytes: number): number {
    const line = Math.min(64, bytes & -bytes);
    const at = Math.ceil(this.bytes / line) * line;
    this.bytes = at + bytes;
    while (this.bytes / 4 > this.#words.length) this.#grow();
    return at;
  }

  /** A list of rules, with a zero at its end. */
  leaf(offsets: readonly number[]): number {
    if (offsets.length === 0) return 0;
    const key = offsets.join();
    const known = this.#leaves.get(key);
    if (known !== undefined) return known;
    const at = this.reserve((offsets.length + 1) * 4);
    for (const [i, offset] of offsets.entries()) this.set(at + i * 4, offset);
    this.#leaves.set(key, at);
    return at;
  }

  #grow(): void {
    const grown = new Uint32Array(this.#words.length * 2);
    grown.set(this.#words);
    this.#words = grown;
  }
}
