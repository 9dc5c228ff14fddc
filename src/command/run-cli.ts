import type { Command } from './command.ts';
import type { CommandFailure } from './failure.ts';
import { linesOf } from './lines.ts';
import { type Options, optionDescriptions, parseOptions, UsageError } from './options.ts';
import { startPager } from './pager.ts';
import { jsonText, type Write } from './render.ts';
import { type Outcome, openSession, runLine, runWords, type Session } from './session.ts';
import { type CliStreams, OutputClosed, writerTo } from './streams.ts';

/** All that a command-line program is made of; nothing else of the process is read. */
export interface Cli<C> {
  /** The words that start the program, such as `millrace ctl`. */
  readonly name: string;
  readonly version: string;
  /** The words after them. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly streams: CliStreams;
  readonly commands: readonly Command<C>[];
  /** The default path of the socket, and the variables that replace it, the first one set counts. */
  readonly socket: { readonly path: string; readonly variables: readonly string[] };
  /** Makes the client; called when the first command runs that needs it. */
  readonly connect: (socketPath: string) => Promise<C> | C;
  /** Turns an error of the client into a failure with an errno, where it knows it. */
  readonly explain?: (reason: unknown) => CommandFailure | undefined;
}

export type ExitCode = number;

/** Runs a whole program from its arguments to its exit code. */
export async function runCli<C>(cli: Cli<C>): Promise<ExitCode> {
  const write = writerTo(cli.streams.stdout);
  const writeError = writerTo(cli.streams.stderr);
  try {
    const options = parseOptions(cli.argv);
    return await runOptions(cli, options, { write, writeError });
  } catch (reason) {
    if (reason instanceof OutputClosed) return exitCodes.closed;
    if (!(reason instanceof UsageError)) throw reason;
    await writeError(`error: ${reason.message}\n`);
    return usageExitCode;
  }
}

const usageExitCode = 2;

/** As shells have it: 128 and the number of SIGINT or SIGPIPE. */
const exitCodes: Readonly<Record<Outcome, ExitCode>> = { done: 0, failed: 1, interrupted: 130, closed: 141 };

interface Writers {
  readonly write: Write;
  readonly writeError: Write;
}

async function runOptions<C>(cli: Cli<C>, options: Options, writers: Writers): Promise<ExitCode> {
  const session = sessionOf(cli, options, writers);
  if (options.help) return print(writers, await usage(cli));
  if (options.version) return print(writers, `${cli.name} ${cli.version}\n`);
  if (options.dumpCommands) return print(writers, await dump(cli, session));
  if (options.bashComplete) return print(writers, await completions(cli, session, options));
  if (options.words.length > 0) return exitCodes[await runWords(session, options.words)];
  if (options.file !== undefined) return runFile(cli, session, options);
  if (cli.streams.stdin.isTTY && cli.streams.stdout.isTTY) return runTerminal(cli, session);
  return runScript(session, { lines: linesOf(cli.streams.stdin), name: 'standard input', options });
}

async function print(writers: Writers, text: string): Promise<ExitCode> {
  await writers.write(text);
  return exitCodes.done;
}

async function usage<C>(cli: Cli<C>): Promise<string> {
  const { usageText } = await import('./usage.ts');
  return usageText(cli.name, cli.commands);
}

async function dump<C>(cli: Cli<C>, session: Session<C>): Promise<string> {
  const { dumpCommands } = await import('./dump.ts');
  const options = optionDescriptions.map(({ short, long, value, help }) => ({ short, long, value, help }));
  return `${jsonText({ name: cli.name, version: cli.version, options, commands: dumpCommands(session.grammar) })}\n`;
}

async function completions<C>(cli: Cli<C>, session: Session<C>, options: Options): Promise<string> {
  const { bashComplete } = await import('./bash-complete.ts');
  const { grammar, connect } = session;
  const word = options.words[1] ?? '';
  const texts = await bashComplete({ grammar, connect, name: cli.name, env: cli.env, word });
  return texts.map((text) => `${text}\n`).join('');
}

async function runFile<C>(cli: Cli<C>, session: Session<C>, options: Options): Promise<ExitCode> {
  const { file = '-' } = options;
  if (file === '-')
    return runScript(session, { lines: linesOf(cli.streams.stdin), name: 'standard input', options });
  const { createReadStream } = await import('node:fs');
  try {
    return await runScript(session, { lines: linesOf(createReadStream(file)), name: file, options });
  } catch (reason) {
    const { failureJson, failureText, toFailure } = await import('./failure.ts');
    const failure = toFailure(reason);
    await session.writeError(session.isJson ? failureJson(failure) : failureText(failure));
    return exitCodes.failed;
  }
}

interface Script {
  readonly lines: AsyncIterable<string>;
  readonly name: string;
  readonly options: Options;
}

async function runScript<C>(session: Session<C>, script: Script): Promise<ExitCode> {
  let worst: Outcome = 'done';
  let number = 0;
  for await (const line of script.lines) {
    number++;
    const outcome = await runLine(session, line, `${script.name}, line ${number}`);
    if (outcome !== 'done') worst = outcome;
    if (session.isOver || mustStop(outcome, script.options)) break;
  }
  return exitCodes[worst];
}

function mustStop(outcome: Outcome, options: Options): boolean {
  return outcome === 'interrupted' || outcome === 'closed' || (outcome === 'failed' && options.errExit);
}

async function runTerminal<C>(cli: Cli<C>, session: Session<C>): Promise<ExitCode> {
  const { runShell } = await import('./shell.ts');
  await runShell({ session, name: cli.name, streams: cli.streams, env: cli.env });
  return exitCodes.done;
}

function sessionOf<C>(cli: Cli<C>, options: Options, writers: Writers): Session<C> {
  let client: Promise<C> | undefined;
  const path = options.socket ?? socketFromEnvironment(cli) ?? cli.socket.path;
  return openSession<C>({
    ...writers,
    commands: cli.commands,
    connect: () => (client ??= Promise.resolve(path).then(cli.connect)),
    isJson: options.json,
    isTraced: options.traceCommands,
    ...paging(cli, options, writers.write),
    onInterrupt: cli.streams.onInterrupt,
    explain: (reason) => cli.explain?.(reason),
  });
}

function socketFromEnvironment<C>(cli: Cli<C>): string | undefined {
  return cli.socket.variables
    .map((name) => cli.env[name])
    .find((value) => value !== undefined && value !== '');
}

function paging<C>(cli: Cli<C>, options: Options, write: Write): Pick<Session<C>, 'rows' | 'openPager'> {
  const { stdout } = cli.streams;
  const command = cli.env.PAGER || 'less -FRX';
  const rows = stdout.isTTY && !options.noPager ? stdout.rows || 24 : undefined;
  return { rows, openPager: () => startPager(command, write) };
}
