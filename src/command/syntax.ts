/**
 * The notation in which commands are declared:
 * `word` literal · `NAME` argument or fragment · `[x]` optional · `(x)` group · `x+` `x*` repeat ·
 * `a|b` alternatives · `a,b` any subset, not empty, in any order · `x y` sequence · `x | y` alternatives
 * of whole sequences. They are listed from the tightest to the loosest, except that `a|b` binds tighter
 * than `a,b`, and that tighter than a space.
 */
export type SyntaxNode =
  | LiteralNode
  | ArgumentNode
  | { readonly kind: 'sequence'; readonly items: readonly SyntaxNode[] }
  | { readonly kind: 'choice'; readonly branches: readonly SyntaxNode[] }
  | { readonly kind: 'subset'; readonly items: readonly SyntaxNode[] }
  | { readonly kind: 'optional'; readonly item: SyntaxNode }
  | { readonly kind: 'repeat'; readonly item: SyntaxNode; readonly minimum: 0 | 1 };

export interface LiteralNode {
  readonly kind: 'literal';
  readonly word: string;
}

export interface ArgumentNode {
  readonly kind: 'argument';
  readonly name: string;
}

/** Syntax texts by the upper-case name that stands for them. */
export type Fragments = Readonly<Record<string, string>>;

/** Reads a syntax text into a tree; throws an Error that points at the mistake of the programmer. */
export function parseSyntax(text: string, fragments: Fragments = {}): SyntaxNode {
  const reader: Reader = { text, position: 0, fragments };
  const node = readAlternatives(reader);
  if (reader.position < text.length) throw mistake(reader, 'the end');
  return node;
}

interface Reader {
  readonly text: string;
  position: number;
  readonly fragments: Fragments;
}

function readAlternatives(reader: Reader): SyntaxNode {
  const branches = [readSequence(reader)];
  while (accept(reader, / \| /y)) branches.push(readSequence(reader));
  return oneOrMany(branches, (many) => ({ kind: 'choice', branches: many }));
}

function readSequence(reader: Reader): SyntaxNode {
  const items = [readSubset(reader)];
  while (accept(reader, / (?!\|)/y)) items.push(readSubset(reader));
  return oneOrMany(items, (many) => ({ kind: 'sequence', items: many }));
}

function readSubset(reader: Reader): SyntaxNode {
  const items = [readChoice(reader)];
  while (accept(reader, /,/y)) items.push(readChoice(reader));
  return oneOrMany(items, (many) => ({ kind: 'subset', items: many.flatMap(subsetItems) }));
}

function subsetItems(node: SyntaxNode): readonly SyntaxNode[] {
  return node.kind === 'subset' ? node.items : [node];
}

function readChoice(reader: Reader): SyntaxNode {
  const branches = [readRepeated(reader)];
  while (accept(reader, /\|/y)) branches.push(readRepeated(reader));
  return oneOrMany(branches, (many) => ({ kind: 'choice', branches: many }));
}

function readRepeated(reader: Reader): SyntaxNode {
  const item = readAtom(reader);
  const sign = accept(reader, /[+*]/y);
  if (sign === undefined) return item;
  return { kind: 'repeat', item, minimum: sign === '+' ? 1 : 0 };
}

function readAtom(reader: Reader): SyntaxNode {
  if (accept(reader, /\(/y)) return readUntil(reader, /\)/y, '")"');
  if (accept(reader, /\[/y)) return { kind: 'optional', item: readUntil(reader, /\]/y, '"]"') };
  const word = accept(reader, /[A-Za-z0-9](?:[\w./:-]|\+(?=\w))*/y);
  if (word === undefined) throw mistake(reader, 'a word, "(" or "["');
  const fragment = reader.fragments[word];
  if (fragment !== undefined) return parseSyntax(fragment, without(reader.fragments, word));
  return isArgumentName(word) ? { kind: 'argument', name: word } : { kind: 'literal', word };
}

/** Upper-case words are arguments, and so are ranges of numbers such as 1280-65534. */
function isArgumentName(word: string): boolean {
  return /^[A-Z]/.test(word) || /^\d+-\d+$/.test(word);
}

function readUntil(reader: Reader, close: RegExp, expected: string): SyntaxNode {
  const node = readAlternatives(reader);
  if (accept(reader, close) === undefined) throw mistake(reader, expected);
  return node;
}

function accept(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.position;
  const found = pattern.exec(reader.text)?.[0];
  if (found !== undefined) reader.position += found.length;
  return found;
}

function oneOrMany(
  nodes: readonly SyntaxNode[],
  many: (nodes: readonly SyntaxNode[]) => SyntaxNode,
): SyntaxNode {
  const [only] = nodes;
  return nodes.length === 1 && only !== undefined ? only : many(nodes);
}

/** A fragment does not contain itself, so a name inside of its own text is an argument. */
function without(fragments: Fragments, name: string): Fragments {
  const { [name]: _, ...others } = fragments;
  return others;
}

function mistake(reader: Reader, expected: string): Error {
  const rest = reader.text.slice(reader.position);
  return new Error(`command syntax "${reader.text}": expected ${expected} at "${rest}"`);
}
