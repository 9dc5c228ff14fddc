import { ValueError } from '../net/value-error.ts';
import type { BoundNode, Leaf, Slot } from './bound.ts';
import type { Command } from './command.ts';
import { canEnd, type Step, steps } from './derive.ts';
import type { Grammar } from './grammar.ts';
import type { Token } from './tokenize.ts';

/** A command that the words so far may belong to. */
export interface State<C> {
  readonly command: Command<C>;
  readonly node: BoundNode<C>;
  readonly bindings: Bindings;
}

/** The values found so far, the newest first. */
export type Bindings =
  | undefined
  | { readonly slot: Slot; readonly value: unknown; readonly previous: Bindings }
  | { readonly opens: string; readonly previous: Bindings };

/** What a word leads to: the commands still possible, or what is wrong with the word. */
export type Advance<C> =
  | { readonly states: readonly State<C>[] }
  | { readonly problem: string; readonly expected: readonly string[] };

/** Takes the first word of a line. */
export function begin<C>(grammar: Grammar<C>, token: Token): Advance<C> {
  const words = matchingWords(grammar.firstWords, token.text);
  const [word] = words;
  if (word === undefined) return { problem: `unknown command "${token.text}"`, expected: grammar.firstWords };
  if (words.length > 1) return ambiguous(token, words);
  const start = grammar
    .startingWith(word)
    .map(({ command, node }) => ({ command, node, bindings: undefined }));
  return advance(start, { ...token, text: word });
}

/** Takes one more word: an exact literal comes before an argument, and that before an abbreviation. */
export function advance<C>(states: readonly State<C>[], token: Token): Advance<C> {
  const ways = waysOf(states);
  const words = ways.flatMap(({ step }) => (step.leaf.kind === 'literal' ? [step.leaf.word] : []));
  const matching = matchingWords(words, token.text);
  const isExact = matching[0] === token.text;
  const { taken, reasons } = takeArguments(ways, token);
  if (matching.length > 1 && taken.length === 0) return ambiguous(token, matching);
  const literals = matching.length === 1 ? ways.flatMap((way) => takeLiteral(way, matching[0])) : [];
  const next = isExact ? [...literals, ...taken] : [...taken, ...literals];
  if (next.length > 0) return { states: next };
  const expected = expectedOf(states);
  const [reason] = reasons;
  const isOnlyReason = expected.length === 1 && reason !== undefined;
  return { problem: isOnlyReason ? reason : `unexpected "${token.text}"`, expected };
}

/** Lists what may follow, in the order of the syntax: words, and arguments with what they take. */
export function expectedOf<C>(states: readonly State<C>[]): readonly string[] {
  const leaves = waysOf(states).map(({ step }) => leafText(step.leaf));
  const end = states.some((state) => canEnd(state.node)) ? ['the end of the line'] : [];
  return [...new Set([...leaves, ...end])];
}

/** Gives the words that a text stands for: itself, or those that it abbreviates. */
export function matchingWords(words: readonly string[], text: string): readonly string[] {
  if (words.includes(text)) return [text];
  if (text === '') return [];
  return [...new Set(words.filter((word) => word.startsWith(text)))];
}

export interface Way<C> {
  readonly state: State<C>;
  readonly step: Step<C>;
}

/** Lists every way in which the next word could be taken. */
export function waysOf<C>(states: readonly State<C>[]): readonly Way<C>[] {
  return states.flatMap((state) => steps(state.node).map((step) => ({ state, step })));
}

function takeLiteral<C>({ state, step }: Way<C>, word: string | undefined): readonly State<C>[] {
  if (step.leaf.kind !== 'literal' || step.leaf.word !== word) return [];
  const bindings = open(state.bindings, step);
  const { reports } = step.leaf;
  const after = reports === undefined ? bindings : { ...reports, previous: bindings };
  return [{ command: state.command, node: step.rest, bindings: after }];
}

interface Taken<C> {
  readonly taken: readonly State<C>[];
  /** Why arguments refused the word. */
  readonly reasons: readonly string[];
}

function takeArguments<C>(ways: readonly Way<C>[], token: Token): Taken<C> {
  const taken: State<C>[] = [];
  const reasons: string[] = [];
  for (const { state, step } of ways) {
    if (step.leaf.kind !== 'argument') continue;
    const { slot, name, type } = step.leaf;
    try {
      const bindings = { slot, value: type.parse(token.text), previous: open(state.bindings, step) };
      taken.push({ command: state.command, node: step.rest, bindings });
    } catch (reason) {
      if (!(reason instanceof ValueError)) throw reason;
      reasons.push(`${name}: ${reason.message}`);
    }
  }
  return { taken, reasons };
}

function open<C>(bindings: Bindings, step: Step<C>): Bindings {
  return step.opens === undefined ? bindings : { opens: step.opens, previous: bindings };
}

function leafText<C>(leaf: Leaf<C>): string {
  return leaf.kind === 'literal' ? leaf.word : `${leaf.name} (${leaf.type.expects})`;
}

function ambiguous(
  token: Token,
  words: readonly string[],
): { readonly problem: string; readonly expected: readonly string[] } {
  return { problem: `"${token.text}" is ambiguous`, expected: words };
}
