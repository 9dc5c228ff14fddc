import { bind } from './bind.ts';
import type { BoundNode } from './bound.ts';
import type { Command } from './command.ts';
import { checkOccurrences } from './occurrences.ts';
import { parseSyntax } from './syntax.ts';

/** The commands of a program by their first word; a syntax is compiled when its word is first typed. */
export interface Grammar<C> {
  readonly commands: readonly Command<C>[];
  readonly firstWords: readonly string[];
  readonly startingWith: (word: string) => readonly CompiledCommand<C>[];
}

export interface CompiledCommand<C> {
  readonly command: Command<C>;
  readonly node: BoundNode<C>;
}

/** Collects commands without compiling them. */
export function grammarOf<C>(commands: readonly Command<C>[]): Grammar<C> {
  const byWord = Map.groupBy(commands, firstWordOf);
  const compiled = new Map<string, readonly CompiledCommand<C>[]>();
  const startingWith = (word: string) => {
    const known = compiled.get(word) ?? (byWord.get(word) ?? []).map(compileCommand);
    compiled.set(word, known);
    return known;
  };
  return { commands, firstWords: [...byWord.keys()], startingWith };
}

/** Compiles every command, to find the mistakes of programmers; tests and `--dump-commands` call it. */
export function compileAll<C>(grammar: Grammar<C>): readonly CompiledCommand<C>[] {
  const all = grammar.firstWords.flatMap(grammar.startingWith);
  for (const { command, node } of all) naming(command, () => checkOccurrences(node, command.args));
  return all;
}

/** Compiles one command; throws an Error that names its syntax when the declarations do not fit. */
function compileCommand<C>(command: Command<C>): CompiledCommand<C> {
  const node = naming(command, () => bind(parseSyntax(command.syntax, command.fragments), command.args));
  return { command, node };
}

function naming<C, Result>(command: Command<C>, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw new Error(`command "${command.syntax}": ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

function firstWordOf<C>(command: Command<C>): string {
  const word = /^[a-z][\w-]*(?= |$)/.exec(command.syntax)?.[0];
  if (word === undefined)
    throw new Error(`command "${command.syntax}": expected a literal as the first word`);
  return word;
}
