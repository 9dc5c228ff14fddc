import type { Declarations } from './argument.ts';
import type { Command } from './command.ts';
import { canEnd } from './derive.ts';
import { SyntaxFailure } from './failure.ts';
import type { Grammar } from './grammar.ts';
import { advance, type Bindings, begin, expectedOf, type State } from './states.ts';
import type { Token } from './tokenize.ts';

/** A line understood: its command and the values of its arguments. */
export interface Match<C> {
  readonly command: Command<C>;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Finds the command of a line of at least one word; throws a SyntaxFailure that points into the line. */
export function match<C>(grammar: Grammar<C>, line: string, tokens: readonly Token[]): Match<C> {
  const states = statesAfter(grammar, line, tokens);
  const end = states.find((state) => canEnd(state.node));
  if (end !== undefined) return { command: end.command, args: valuesOf(end) };
  const position = (tokens.at(-1)?.end ?? 0) + 1;
  throw new SyntaxFailure({
    message: 'the command is incomplete',
    line,
    position,
    expected: expectedOf(states),
  });
}

/** Gives what the words of a line may still become; throws a SyntaxFailure at the first that does not fit. */
export function statesAfter<C>(
  grammar: Grammar<C>,
  line: string,
  tokens: readonly Token[],
): readonly State<C>[] {
  let states: readonly State<C>[] = [];
  for (const [index, token] of tokens.entries()) {
    const next = index === 0 ? begin(grammar, token) : advance(states, token);
    if ('problem' in next) {
      throw new SyntaxFailure({
        message: next.problem,
        line,
        position: token.start,
        expected: next.expected,
      });
    }
    states = next.states;
  }
  return states;
}

function valuesOf<C>(state: State<C>): Readonly<Record<string, unknown>> {
  const values = defaults(state.command.args);
  let target = values;
  for (const binding of oldestFirst(state.bindings)) {
    if ('opens' in binding) {
      target = defaults(groupOf(state.command.args, binding.opens));
      append(values, binding.opens, target);
      continue;
    }
    const { slot, value } = binding;
    const record = slot.record === undefined ? values : target;
    if (slot.many) append(record, slot.key, value);
    else record[slot.key] = value;
  }
  return values;
}

type Values = Record<string, unknown>;

function defaults<C>(declarations: Declarations<C>): Values {
  const values: Values = {};
  for (const [key, { kind }] of Object.entries(declarations)) {
    if (kind === 'flag') values[key] = false;
    if (kind === 'repeated' || kind === 'records') values[key] = [];
  }
  return values;
}

function groupOf<C>(declarations: Declarations<C>, key: string): Declarations<C> {
  const group = declarations[key];
  return group?.kind === 'records' ? group.of : {};
}

function append(record: Values, key: string, value: unknown): void {
  const list = record[key];
  record[key] = Array.isArray(list) ? [...list, value] : [value];
}

type Binding = Exclude<Bindings, undefined>;

function oldestFirst(newest: Bindings): readonly Binding[] {
  const list: Binding[] = [];
  for (let binding = newest; binding !== undefined; binding = binding.previous) list.push(binding);
  return list.reverse();
}
