import {
  type ArgumentType,
  type Declarations,
  flag,
  optional,
  records,
  repeated,
  type SimpleDeclaration,
} from '../argument.ts';
import { cpuList, integer, ip, ip4, ip6, mac, name, oneOf, prefix, text } from '../argument-types.ts';
import type { SyntaxNode } from '../syntax.ts';

type Simple = Record<string, SimpleDeclaration<unknown>>;
type Presence = 'value' | 'optional' | 'repeated';

/** Declares all that a syntax has, as a feature would by hand, with keys of the form "word NAME". */
export function declareAll(node: SyntaxNode): Declarations<unknown> {
  const simple: Simple = {};
  const groups: Record<string, Simple> = {};
  declare(node, { into: simple, groups, before: '', presence: 'value' });
  const recordsOf = Object.entries(groups).map(([key, group]) => [key, records(group)] as const);
  return { ...simple, ...Object.fromEntries(recordsOf) };
}

interface Context {
  readonly into: Simple;
  readonly groups: Record<string, Simple>;
  readonly before: string;
  readonly presence: Presence;
}

function declare(node: SyntaxNode, context: Context): void {
  switch (node.kind) {
    case 'literal':
      if (context.presence !== 'value' && node.word !== 'show') context.into[node.word] = flag(node.word);
      break;
    case 'argument':
      context.into[`${context.before} ${node.name}`.trim()] = present(typeOf(node.name), context.presence);
      break;
    case 'sequence':
      declareSequence(node.items, context);
      break;
    case 'choice':
      declareChoice(node.branches, context);
      break;
    case 'subset':
      for (const item of node.items) declare(item, maybe(context));
      break;
    case 'optional':
      declare(node.item, maybe(context));
      break;
    case 'repeat':
      declareRepeat(node.item, context);
  }
}

function declareSequence(items: readonly SyntaxNode[], context: Context): void {
  for (const [index, item] of items.entries()) {
    const previous = items[index - 1];
    const before = previous?.kind === 'literal' ? previous.word : context.before;
    if (item.kind !== 'literal') declare(item, { ...context, before });
  }
}

function declareChoice(branches: readonly SyntaxNode[], context: Context): void {
  const words = branches.flatMap((branch) => (branch.kind === 'literal' ? [branch.word] : []));
  if (words.length < branches.length) {
    for (const branch of branches) declare(branch, maybe(context));
    return;
  }
  const type = oneOf(Object.fromEntries(words.map((word) => [word, word])));
  context.into[`${context.before} ${words.join('|')}`.trim()] = present(type, context.presence);
}

function declareRepeat(item: SyntaxNode, context: Context): void {
  const first = item.kind === 'sequence' ? item.items[0] : undefined;
  if (item.kind !== 'sequence' || first?.kind !== 'literal' || item.items.length < 3) {
    declare(item, { ...context, presence: 'repeated' });
    return;
  }
  const into: Simple = {};
  context.groups[first.word] = into;
  declare(item, { ...context, into, presence: 'value' });
}

function maybe(context: Context): Context {
  return context.presence === 'value' ? { ...context, presence: 'optional' } : context;
}

function present(type: ArgumentType<unknown>, presence: Presence): SimpleDeclaration<unknown> {
  if (presence === 'repeated') return repeated(type);
  return presence === 'optional' ? optional(type) : type;
}

function typeOf(argument: string): ArgumentType<unknown> {
  if (['IP', 'NH_IP'].includes(argument)) return ip(argument);
  if (argument === 'IP4') return ip4(argument);
  if (['IP6', 'SID'].includes(argument)) return ip6(argument);
  if (argument.endsWith('/LEN')) return prefix(argument);
  if (argument === 'MAC') return mac(argument);
  if (argument === 'CPULIST') return cpuList(argument);
  if (argument === '1280-65534') return integer({ help: 'MTU', min: 1280, max: 65534 });
  if (/^(N|S|MS|V|VNI|W|ID|NHID|P)$/.test(argument)) return integer({ help: argument, max: 65535 });
  if (/^(IF|IFACE|NAME|NEW|VRF|BR|PORT)$/.test(argument)) return name(argument);
  return text(argument);
}
