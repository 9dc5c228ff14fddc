import { complete } from './complete.ts';
import type { Grammar } from './grammar.ts';
import { optionDescriptions } from './options.ts';
import { type Token, tokenizePartial } from './tokenize.ts';

/** What bash hands to a program that completes for it (bash(1), "Programmable Completion"). */
export interface BashRequest<C> {
  readonly grammar: Grammar<C>;
  readonly connect: () => Promise<C>;
  /** The words that start the program, such as `millrace ctl`. */
  readonly name: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The word that bash wants replaced: the part of a word after the last `:` or `=`. */
  readonly word: string;
}

/** Gives the lines for bash: candidates, or the command that switches completion on. */
export async function bashComplete<C>(request: BashRequest<C>): Promise<readonly string[]> {
  const { COMP_LINE: whole, COMP_POINT: point } = request.env;
  if (whole === undefined)
    return [`complete -C '${request.name} --bash-complete' ${request.name.split(' ')[0]}`];
  const line = whole.slice(0, point === undefined ? whole.length : Number(point));
  return (await candidates(request, line)).map((text) => afterBreak(text, line, request.word));
}

async function candidates<C>(request: BashRequest<C>, line: string): Promise<readonly string[]> {
  const { tokens } = tokenizePartial(line);
  const ends = tokens.filter((token) => token.end < line.length);
  const [, ...program] = request.name.split(' ');
  for (const [index, word] of program.entries()) {
    if (ends.length <= index + 1)
      return ends.length === index + 1 ? startingWith([word], tokens[index + 1]) : [];
    if (ends[index + 1]?.text !== word) return [];
  }
  return commandCandidates(request, line, {
    finished: ends.slice(1 + program.length),
    last: tokens[ends.length],
  });
}

async function commandCandidates<C>(
  request: BashRequest<C>,
  line: string,
  words: { readonly finished: readonly Token[]; readonly last: Token | undefined },
): Promise<readonly string[]> {
  const options = countOptionWords(words.finished);
  if (options > words.finished.length) return [];
  const isFirst = options === words.finished.length;
  if (isFirst && words.last?.text.startsWith('-')) {
    return startingWith(
      optionDescriptions.map(({ long }) => `--${long}`),
      words.last,
    );
  }
  const first = words.finished[options] ?? words.last;
  const completion = await complete(
    request.grammar,
    first === undefined ? '' : line.slice(first.start),
    request.connect,
  );
  return completion.candidates.flatMap(({ text }) => (text === undefined ? [] : [text]));
}

/** Counts the leading words that are options and their values; one more when a value is being typed. */
function countOptionWords(tokens: readonly Token[]): number {
  let count = 0;
  while (tokens[count]?.text.startsWith('-')) count += takesNextWord(tokens[count]?.text ?? '') ? 2 : 1;
  return count;
}

function takesNextWord(word: string): boolean {
  return optionDescriptions.some(
    ({ short, long, value }) =>
      value !== undefined && (word === `--${long}` || (!word.startsWith('--') && word.endsWith(short))),
  );
}

function startingWith(words: readonly string[], token: Token | undefined): readonly string[] {
  return words.filter((word) => word.startsWith(token?.text ?? ''));
}

/** Bash splits words at `:` and `=` and replaces only what comes after. */
function afterBreak(text: string, line: string, word: string): string {
  const { tokens } = tokenizePartial(line);
  const last = tokens.at(-1);
  if (last === undefined || last.end !== line.length || !last.text.endsWith(word)) return text;
  return text.slice(last.text.length - word.length);
}
