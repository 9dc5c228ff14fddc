import { oneOf } from './argument-types.ts';
import type { Command } from './command.ts';
import { localCommand } from './command.ts';
import { type CommandFailure, failureJson, failureText, SyntaxFailure, toFailure } from './failure.ts';
import { type Grammar, grammarOf } from './grammar.ts';
import { Interrupted, interruptible } from './interrupt.ts';
import { type Match, match } from './match.ts';
import { pagedSink, type Sink } from './pager.ts';
import { isStream, render, type Write } from './render.ts';
import { type OnInterrupt, OutputClosed } from './streams.ts';
import { type Token, tokenize, tokensOf } from './tokenize.ts';

/** What runs lines: it holds the mode that `json enable` changes and whether `quit` was said. */
export interface Session<C> {
  readonly grammar: Grammar<C>;
  readonly connect: () => Promise<C>;
  isJson: boolean;
  isOver: boolean;
  readonly isTraced: boolean;
  readonly write: Write;
  readonly writeError: Write;
  /** The height of the terminal when longer results go to a pager. */
  readonly rows: number | undefined;
  openPager: () => Promise<Sink>;
  onInterrupt: OnInterrupt | undefined;
  /** Turns an error of the client into a failure with an errno, where it knows it. */
  readonly explain: (reason: unknown) => CommandFailure | undefined;
}

export type Outcome = 'done' | 'failed' | 'interrupted' | 'closed';

/** Makes a session of the given commands and those that change the session itself. */
export function openSession<C>(options: {
  readonly commands: readonly Command<C>[];
  readonly connect: () => Promise<C>;
  readonly isJson: boolean;
  readonly isTraced: boolean;
  readonly write: Write;
  readonly writeError: Write;
  readonly rows: number | undefined;
  readonly openPager: () => Promise<Sink>;
  readonly onInterrupt: OnInterrupt | undefined;
  readonly explain: (reason: unknown) => CommandFailure | undefined;
}): Session<C> {
  const { commands, ...rest } = options;
  const grammar = grammarOf([...commands, ...sessionCommands(() => session)]);
  const session: Session<C> = { ...rest, grammar, isOver: false };
  return session;
}

/** Runs one line of a script or a shell; `at` says where it stands. */
export async function runLine<C>(session: Session<C>, line: string, at?: string): Promise<Outcome> {
  return guarded(session, at, async () => {
    const tokens = tokenize(line);
    if (tokens.length > 0) await runTokens(session, line, tokens);
  });
}

/** Runs the words of one command. */
export async function runWords<C>(session: Session<C>, words: readonly string[]): Promise<Outcome> {
  const { tokens, line } = tokensOf(words);
  return guarded(session, undefined, () => runTokens(session, line, tokens));
}

async function runTokens<C>(session: Session<C>, line: string, tokens: readonly Token[]): Promise<void> {
  if (session.isTraced) await session.writeError(`+ ${line.trim()}\n`);
  const found = match(session.grammar, line, tokens);
  await interruptible(session.onInterrupt, (signal) => runMatch(session, found, signal));
}

async function runMatch<C>(
  session: Session<C>,
  { command, args }: Match<C>,
  signal: AbortSignal,
): Promise<void> {
  const result = await command.run({ args, connect: session.connect, signal });
  if (result === undefined) return;
  if (isStream(result) || result.kind === 'bytes') return render(result, session.isJson, session.write);
  const sink = sinkOf(session);
  try {
    await render(result, session.isJson, sink.write);
  } finally {
    await sink.end();
  }
}

function sinkOf<C>({ rows, write, openPager }: Session<C>): Sink {
  if (rows === undefined) return { write, end: async () => undefined };
  return pagedSink({ rows, write, openPager });
}

async function guarded<C>(
  session: Session<C>,
  at: string | undefined,
  work: () => Promise<void>,
): Promise<Outcome> {
  try {
    await work();
    return 'done';
  } catch (reason) {
    if (reason instanceof Interrupted) return 'interrupted';
    if (reason instanceof OutputClosed) return 'closed';
    const failure = reason instanceof SyntaxFailure ? reason : (session.explain(reason) ?? toFailure(reason));
    await session.writeError(session.isJson ? failureJson(failure, at) : failureText(failure, at));
    return 'failed';
  }
}

function sessionCommands<C>(session: () => Session<C>): readonly Command<unknown>[] {
  return [
    localCommand({
      syntax: 'quit',
      help: 'Ends the shell or the script.',
      run: () => {
        session().isOver = true;
      },
    }),
    localCommand({
      syntax: 'json enable|disable',
      help: 'Prints results and errors as JSON from now on, or as text again.',
      args: { 'enable|disable': oneOf({ enable: 'Prints JSON.', disable: 'Prints text.' }) },
      run: (args) => {
        session().isJson = args['enable|disable'] === 'enable';
      },
    }),
  ];
}
