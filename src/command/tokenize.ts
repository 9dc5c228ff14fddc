import { SyntaxFailure } from './failure.ts';

/** A word of a line, without its quotes, and where it stood. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Splits a line like a shell: quotes, backslashes and a comment after `#`; throws a SyntaxFailure. */
export function tokenize(line: string): readonly Token[] {
  const { tokens, open } = scan(line);
  if (open === undefined) return tokens;
  const message =
    open.quote === '\\' ? 'nothing follows the backslash' : `the quote ${open.quote} is not closed`;
  const expected = open.quote === '\\' ? ['a character'] : [open.quote];
  throw new SyntaxFailure({ message, line, position: open.position, expected });
}

/** Splits a line that is still being typed, which may end inside of quotes. */
export function tokenizePartial(line: string): { readonly tokens: readonly Token[]; readonly quote: string } {
  const { tokens, open } = scan(line);
  return { tokens, quote: open?.quote ?? '' };
}

/** Makes tokens of arguments that a shell has already split, and the line that they stand for. */
export function tokensOf(words: readonly string[]): {
  readonly tokens: readonly Token[];
  readonly line: string;
} {
  const tokens: Token[] = [];
  let line = '';
  for (const text of words) {
    const start = line === '' ? 0 : line.length + 1;
    line = line === '' ? quoteWord(text) : `${line} ${quoteWord(text)}`;
    tokens.push({ text, start, end: line.length });
  }
  return { tokens, line };
}

/** Quotes a word where a line needs it. */
export function quoteWord(text: string): string {
  return /^[^\s'"\\#]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

interface Scan {
  readonly tokens: readonly Token[];
  /** The quote or backslash that the line ends in. */
  readonly open?: { readonly quote: string; readonly position: number };
}

function scan(line: string): Scan {
  const tokens: Token[] = [];
  let position = skipBlanks(line, 0);
  while (position < line.length && line[position] !== '#') {
    const word = scanWord(line, position);
    tokens.push({ text: word.text, start: position, end: word.end });
    if (word.open !== undefined) return { tokens, open: word.open };
    position = skipBlanks(line, word.end);
  }
  return { tokens };
}

interface Word {
  readonly text: string;
  readonly end: number;
  readonly open?: { readonly quote: string; readonly position: number };
}

function scanWord(line: string, start: number): Word {
  let text = '';
  let end = start;
  while (end < line.length && !/\s/.test(line.charAt(end))) {
    const piece = scanPiece(line, end);
    text += piece.text;
    end = piece.end;
    if (piece.open !== undefined) return { text, end, open: piece.open };
  }
  return { text, end };
}

function scanPiece(line: string, start: number): Word {
  const quote = line.charAt(start);
  if (quote === "'") return scanSingle(line, start);
  if (quote === '"') return scanDouble(line, start);
  if (quote !== '\\') return { text: quote, end: start + 1 };
  if (start + 1 < line.length) return { text: line.charAt(start + 1), end: start + 2 };
  return { text: '', end: line.length, open: { quote, position: start } };
}

function scanSingle(line: string, start: number): Word {
  const close = line.indexOf("'", start + 1);
  if (close >= 0) return { text: line.slice(start + 1, close), end: close + 1 };
  return { text: line.slice(start + 1), end: line.length, open: { quote: "'", position: start } };
}

/** In double quotes a backslash protects only a quote and a backslash, as in sh(1). */
function scanDouble(line: string, start: number): Word {
  let text = '';
  for (let end = start + 1; end < line.length; end++) {
    const character = line.charAt(end);
    if (character === '"') return { text, end: end + 1 };
    if (character === '\\' && /["\\]/.test(line.charAt(end + 1))) end++;
    text += line.charAt(end);
  }
  return { text, end: line.length, open: { quote: '"', position: start } };
}

function skipBlanks(line: string, start: number): number {
  let position = start;
  while (position < line.length && /\s/.test(line.charAt(position))) position++;
  return position;
}
