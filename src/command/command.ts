import type { Declarations, Values } from './argument.ts';
import type { CommandResult } from './output.ts';
import type { Fragments } from './syntax.ts';

/** A command as the machine sees it; features make it with `commandFor`. */
export interface Command<C> {
  readonly syntax: string;
  readonly help: string;
  readonly args: Declarations<C>;
  readonly fragments: Fragments;
  readonly run: (call: Call<C>) => CommandResult;
}

/** One run of a command. */
export interface Call<C> {
  readonly args: Readonly<Record<string, unknown>>;
  readonly connect: () => Promise<C>;
  readonly signal: AbortSignal;
}

/** What a feature writes down for one command. */
export interface CommandDefinition<A, C> {
  /** The words of the command in the notation of `parseSyntax`; it starts with a literal. */
  readonly syntax: string;
  /** One sentence in the third person. */
  readonly help: string;
  readonly args?: A;
  /** Texts that stand for upper-case words of the syntax, such as IFATTR. */
  readonly fragments?: Fragments;
  /** Gets the values of one line and the client; `signal` aborts when the user presses Ctrl-C. */
  readonly run: (
    args: Values<A>,
    client: C,
    context: RunContext,
  ) => CommandResult | Nothing | Promise<Nothing>;
}

/** What a function returns that returns nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: so that commands which only do something need no return
export type Nothing = void;

export interface RunContext {
  readonly signal: AbortSignal;
}

/** Gives the function that makes commands which run with a client: `const command = commandFor<Client>()`. */
export function commandFor<C>() {
  return <const A extends Declarations<C> = Record<never, never>>(
    definition: CommandDefinition<A, C>,
  ): Command<C> => ({
    ...described<C>(definition, definition.args),
    run: async ({ args, connect, signal }) =>
      (await definition.run(valuesOf<A>(args), await connect(), { signal })) ?? undefined,
  });
}

/** Makes a command that runs without a client, and so without a connection. */
export function localCommand<const A extends Declarations<unknown> = Record<never, never>>(
  definition: CommandDefinition<A, undefined>,
): Command<unknown> {
  return {
    ...described<unknown>(definition, definition.args),
    run: async ({ args, signal }) =>
      (await definition.run(valuesOf<A>(args), undefined, { signal })) ?? undefined,
  };
}

interface Description {
  readonly syntax: string;
  readonly help: string;
  readonly fragments?: Fragments;
}

function described<C>(definition: Description, args: Declarations<C> = {}): Omit<Command<C>, 'run'> {
  return { syntax: definition.syntax, help: definition.help, args, fragments: definition.fragments ?? {} };
}

/** Types a record that the matcher filled and `bind` checked against the same declarations. */
function valuesOf<A>(args: Readonly<Record<string, unknown>>): Values<A> {
  return args as Values<A>;
}
