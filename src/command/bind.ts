import type { ArgumentType, Declaration, Declarations } from './argument.ts';
import type { BoundNode, Slot } from './bound.ts';
import type { SyntaxNode } from './syntax.ts';

/**
 * Joins a syntax tree with the declarations of its arguments; throws an Error where they disagree. How often an argument
 * can come is left to `checkOccurrences`: nobody waits for that who has typed a command.
 */
export function bind<C>(node: SyntaxNode, declarations: Declarations<C>): BoundNode<C> {
  const used = new Set<string>();
  const bound = bindNode(node, { scope: declarations, used });
  const unused = Object.keys(declarations).filter((key) => !used.has(key));
  if (unused.length > 0) throw new Error(`declared but not in the syntax: ${unused.join(', ')}`);
  return bound;
}

interface Context<C> {
  readonly scope: Declarations<C>;
  readonly used: Set<string>;
  readonly record?: string;
  /** The literal just before, which may be part of a declaration's key. */
  readonly before?: string;
}

function bindNode<C>(node: SyntaxNode, context: Context<C>): BoundNode<C> {
  switch (node.kind) {
    case 'literal':
      return bindLiteral(node.word, context);
    case 'argument':
      return bindArgument(node.name, context);
    case 'sequence':
      return { kind: 'sequence', items: bindSequence(node.items, context) };
    case 'choice':
      return bindChoice(node.branches, context);
    case 'subset':
      return { kind: 'subset', items: node.items.map((item) => heard(bindNode(item, context))) };
    case 'optional':
      return { kind: 'optional', item: heard(bindNode(node.item, context)) };
    case 'repeat':
      return bindRepeat(node, context);
  }
}

function bindLiteral<C>(word: string, context: Context<C>): BoundNode<C> {
  const declaration = context.scope[word];
  if (declaration?.kind !== 'flag') return { kind: 'literal', word };
  const slot = slotOf(word, declaration, context);
  return { kind: 'literal', word, help: declaration.help, reports: { slot, value: true } };
}

function bindArgument<C>(name: string, context: Context<C>): BoundNode<C> {
  const { key, declaration } = find(name, context);
  const type = typeOf(declaration);
  if (type === undefined) throw new Error(`argument ${name} is not declared`);
  return { kind: 'argument', name, type, slot: slotOf(key, declaration, context) };
}

function bindSequence<C>(items: readonly SyntaxNode[], context: Context<C>): readonly BoundNode<C>[] {
  return items.map((item, index) => {
    const previous = items[index - 1];
    return bindNode(item, previous?.kind === 'literal' ? { ...context, before: previous.word } : context);
  });
}

function bindChoice<C>(branches: readonly SyntaxNode[], context: Context<C>): BoundNode<C> {
  const words = branches.flatMap((branch) => (branch.kind === 'literal' ? [branch.word] : []));
  const { key, declaration } = find(words.join('|'), context);
  const type = typeOf(declaration);
  if (words.length === branches.length && type?.words !== undefined) {
    return bindWords(words, { key, help: type.words, slot: slotOf(key, declaration, context) });
  }
  const bound = branches.map((branch) => bindNode(branch, context));
  const silent = bound.filter((branch) => !reports(branch));
  if (silent.length > 1) throw new Error(`the alternatives ${words.join('|')} are not declared`);
  return { kind: 'choice', branches: bound };
}

function bindWords<C>(
  words: readonly string[],
  choice: { readonly key: string; readonly help: Readonly<Record<string, string>>; readonly slot: Slot },
): BoundNode<C> {
  const declared = Object.keys(choice.help);
  const others = [
    ...words.filter((w) => !declared.includes(w)),
    ...declared.filter((w) => !words.includes(w)),
  ];
  if (others.length > 0)
    throw new Error(`"${choice.key}" and its declaration differ in ${others.join(', ')}`);
  const branches = words.map((word) => {
    const help = choice.help[word] ?? '';
    return { kind: 'literal', word, help, reports: { slot: choice.slot, value: word } } as const;
  });
  return { kind: 'choice', branches };
}

function bindRepeat<C>(node: SyntaxNode & { readonly kind: 'repeat' }, context: Context<C>): BoundNode<C> {
  const opens = firstWord(node.item) ?? '';
  const group = context.scope[opens];
  if (group?.kind !== 'records') return { ...node, item: bindNode(node.item, context) };
  context.used.add(opens);
  const used = new Set<string>();
  const item = bindNode(node.item, { scope: group.of, used, record: opens });
  const unused = Object.keys(group.of).filter((key) => !used.has(key));
  if (unused.length > 0) throw new Error(`declared but not in "${opens}": ${unused.join(', ')}`);
  return { kind: 'repeat', item, minimum: node.minimum, opens };
}

function find<C>(
  name: string,
  context: Context<C>,
): { readonly key: string; readonly declaration: Declaration<C> | undefined } {
  const long = `${context.before} ${name}`;
  const key = Object.hasOwn(context.scope, long) ? long : name;
  return { key, declaration: context.scope[key] };
}

function typeOf<C>(declaration: Declaration<C> | undefined): ArgumentType<unknown, C> | undefined {
  if (declaration === undefined || declaration.kind === 'records' || declaration.kind === 'flag')
    return undefined;
  return declaration.kind === 'value' ? declaration : declaration.of;
}

function slotOf<C>(key: string, declaration: Declaration<C> | undefined, context: Context<C>): Slot {
  context.used.add(key);
  const many = declaration?.kind === 'repeated';
  return context.record === undefined ? { key, many } : { key, many, record: context.record };
}

/** Refuses words that a command would accept and never hear of; `[show]` is the one that means nothing. */
function heard<C>(node: BoundNode<C>): BoundNode<C> {
  if (reports(node) || (node.kind === 'literal' && node.word === 'show')) return node;
  throw new Error(`the optional word "${firstWord(node) ?? '?'}" is not declared as a flag`);
}

function reports<C>(node: BoundNode<C>): boolean {
  switch (node.kind) {
    case 'literal':
      return node.reports !== undefined;
    case 'argument':
      return true;
    case 'choice':
      return node.branches.some(reports);
    case 'sequence':
    case 'subset':
      return node.items.some(reports);
    default:
      return reports(node.item);
  }
}

function firstWord<C>(node: SyntaxNode | BoundNode<C>): string | undefined {
  if (node.kind === 'literal') return node.word;
  if (node.kind !== 'sequence') return undefined;
  const [first] = node.items;
  return first === undefined ? undefined : firstWord(first);
}
