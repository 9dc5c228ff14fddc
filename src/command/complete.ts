import type { Offers } from './argument.ts';
import type { BoundArgument, BoundLiteral } from './bound.ts';
import { canEnd, steps } from './derive.ts';
import { SyntaxFailure } from './failure.ts';
import type { Grammar } from './grammar.ts';
import { statesAfter } from './match.ts';
import { type State, type Way, waysOf } from './states.ts';
import { quoteWord, type Token, tokenizePartial } from './tokenize.ts';

/** Something that may stand at the cursor. */
export interface Candidate {
  /** What to insert in place of the word at the cursor; absent when it can only be described. */
  readonly text?: string;
  readonly label: string;
  readonly help: string;
}

export interface Completion {
  /** Where the word at the cursor starts. */
  readonly start: number;
  readonly candidates: readonly Candidate[];
}

/** Lists what may stand at the end of an unfinished line; a line that is wrong before has no candidates. */
export async function complete<C>(
  grammar: Grammar<C>,
  line: string,
  connect: () => Promise<C>,
): Promise<Completion> {
  const { before, word } = wordAtEnd(line);
  const candidates = await candidatesAfter({ grammar, line, before, connect }, word.text);
  return { start: word.start, candidates: unique(candidates) };
}

interface Question<C> {
  readonly grammar: Grammar<C>;
  readonly line: string;
  readonly before: readonly Token[];
  readonly connect: () => Promise<C>;
}

async function candidatesAfter<C>(question: Question<C>, text: string): Promise<readonly Candidate[]> {
  const { grammar, line, before } = question;
  if (before.length === 0) return firstWords(grammar, text);
  try {
    return await candidatesOf(question, statesAfter(grammar, line, before), text);
  } catch (reason) {
    if (reason instanceof SyntaxFailure) return [];
    throw reason;
  }
}

function firstWords<C>(grammar: Grammar<C>, text: string): readonly Candidate[] {
  return grammar.firstWords
    .filter((word) => word.startsWith(text))
    .map((word) => ({
      text: word,
      label: word,
      help: helpOfStates(grammar.startingWith(word).flatMap(afterFirst)),
    }));
}

function afterFirst<C>(start: Pick<State<C>, 'command' | 'node'>): readonly State<C>[] {
  return steps(start.node).map((step) => ({ command: start.command, node: step.rest, bindings: undefined }));
}

async function candidatesOf<C>(
  question: Question<C>,
  states: readonly State<C>[],
  text: string,
): Promise<readonly Candidate[]> {
  const ways = waysOf(states);
  const found = ways.map(({ step }) =>
    step.leaf.kind === 'literal'
      ? literalCandidates(step.leaf, ways, text)
      : argumentCandidates(question, step.leaf, text),
  );
  const end = text === '' && states.some((state) => canEnd(state.node));
  return [
    ...(await Promise.all(found)).flat(),
    ...(end ? [{ label: '<enter>', help: 'Runs the command.' }] : []),
  ];
}

function literalCandidates<C>(
  literal: BoundLiteral,
  ways: readonly Way<C>[],
  text: string,
): readonly Candidate[] {
  const { word } = literal;
  if (!word.startsWith(text)) return [];
  const same = ways.filter(({ step }) => step.leaf.kind === 'literal' && step.leaf.word === word);
  const help = literal.help ?? helpOfStates(same.map(({ state, step }) => ({ ...state, node: step.rest })));
  return [{ text: word, label: word, help }];
}

/** Describes a word by what it leads to: an argument, one command, or the words that tell several apart. */
function helpOfStates<C>(states: readonly State<C>[]): string {
  const [first] = states;
  if (first === undefined) return '';
  const leaves = waysOf(states).map(({ step }) => step.leaf);
  const argument = leaves[0]?.kind === 'argument' && leaves.length === 1 ? leaves[0] : undefined;
  if (argument !== undefined && first.bindings !== undefined) return argument.type.help;
  if (states.every((state) => state.command === first.command)) return first.command.help;
  return [...new Set(leaves.map((leaf) => (leaf.kind === 'literal' ? leaf.word : leaf.name)))].join(', ');
}

async function argumentCandidates<C>(
  question: Question<C>,
  argument: BoundArgument<C>,
  text: string,
): Promise<readonly Candidate[]> {
  const { name, type } = argument;
  const offers = type.words === undefined ? await offersOf(question, argument, text) : wordOffers(type.words);
  const candidates = [...offers].map((offer) =>
    typeof offer === 'string' ? { text: offer, help: '' } : offer,
  );
  const fitting = candidates
    .filter((candidate) => candidate.text.startsWith(text))
    .map((candidate) => ({
      text: quoteWord(candidate.text),
      label: candidate.text,
      help: candidate.help || type.help,
    }));
  return [{ label: name, help: `${type.help} Takes ${type.expects}.`.trim() }, ...fitting];
}

function wordOffers(words: Readonly<Record<string, string>>): Offers {
  return Object.entries(words).map(([text, help]) => ({ text, help }));
}

/** Asks the completer of an argument; without a router there is nothing to offer. */
async function offersOf<C>(question: Question<C>, argument: BoundArgument<C>, text: string): Promise<Offers> {
  try {
    return (await argument.type.complete?.({ text, connect: question.connect })) ?? [];
  } catch {
    return [];
  }
}

function wordAtEnd(line: string): { readonly before: readonly Token[]; readonly word: Token } {
  const { tokens, quote } = tokenizePartial(line);
  const last = tokens.at(-1);
  if (last !== undefined && (quote !== '' || last.end === line.length))
    return { before: tokens.slice(0, -1), word: last };
  return { before: tokens, word: { text: '', start: line.length, end: line.length } };
}

function unique(candidates: readonly Candidate[]): readonly Candidate[] {
  return [...new Map(candidates.map((candidate) => [candidate.label, candidate])).values()];
}
