import type { BoundNode } from './bound.ts';
import { compileAll, type Grammar } from './grammar.ts';
import type { JsonObject } from './output.ts';

/** Gives the tree of every command as plain JSON, for tools that generate documents or completion. */
export function dumpCommands<C>(grammar: Grammar<C>): readonly JsonObject[] {
  return compileAll(grammar).map(({ command, node }) => ({
    syntax: command.syntax,
    help: command.help,
    ...(Object.keys(command.fragments).length > 0 ? { fragments: command.fragments } : {}),
    tree: dumpNode(node),
  }));
}

function dumpNode<C>(node: BoundNode<C>): JsonObject {
  switch (node.kind) {
    case 'literal':
      return { type: 'literal', word: node.word, ...(node.help === undefined ? {} : { help: node.help }) };
    case 'argument':
      return { type: 'argument', name: node.name, expects: node.type.expects, help: node.type.help };
    case 'sequence':
    case 'subset':
      return { type: node.kind, items: node.items.map(dumpNode) };
    case 'choice':
      return { type: 'choice', branches: node.branches.map(dumpNode) };
    case 'optional':
      return { type: 'optional', item: dumpNode(node.item) };
    case 'repeat':
      return { type: 'repeat', minimum: node.minimum, item: dumpNode(node.item) };
  }
}
