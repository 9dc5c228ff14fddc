import type { Interface } from 'node:readline/promises';
import { createInterface } from 'node:readline/promises';
import { type Candidate, complete } from './complete.ts';
import { openHistory } from './history.ts';
import { runLine, type Session } from './session.ts';
import type { CliStreams } from './streams.ts';
import { tokenizePartial } from './tokenize.ts';

/** Runs lines typed on a terminal until `quit` or Ctrl-D; Ctrl-C ends a command, or empties the line. */
export async function runShell<C>(options: {
  readonly session: Session<C>;
  readonly name: string;
  readonly streams: CliStreams;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Promise<void> {
  const { session, streams } = options;
  const history = await openHistory(options.name, options.env);
  const readline = createInterface({
    input: streams.stdin,
    output: streams.stdout,
    terminal: true,
    prompt: `${options.name.split(' ')[0]}> `,
    history: [...history.newestFirst],
    historySize: 1000,
    removeHistoryDuplicates: true,
    completer: (line: string) => completer(session, line),
  });
  const terminal: Terminal = { readline, isOpen: true };
  readline.once('close', () => {
    terminal.isOpen = false;
  });
  listenForHelp(session, terminal, streams);
  attach(session, terminal);
  prompt(terminal);
  for await (const line of readline) {
    const remembered = history.add(line);
    await runLine(session, line);
    await remembered;
    if (session.isOver) break;
    prompt(terminal);
  }
  readline.close();
  if (!session.isOver) await session.write('\n');
}

interface Terminal {
  readonly readline: Interface;
  isOpen: boolean;
}

/** Lets Ctrl-C reach the running command, and a pager have the terminal for itself. */
function attach<C>(session: Session<C>, terminal: Terminal): void {
  let interrupt: (() => void) | undefined;
  terminal.readline.on('SIGINT', () => (interrupt === undefined ? emptyLine(terminal) : interrupt()));
  session.onInterrupt = (listener) => {
    interrupt = listener;
    return () => {
      interrupt = undefined;
    };
  };
  const { openPager } = session;
  session.openPager = async () => {
    if (terminal.isOpen) terminal.readline.pause();
    const pager = await openPager();
    return {
      write: pager.write,
      end: () => pager.end().finally(() => terminal.isOpen && terminal.readline.resume()),
    };
  };
}

/** Shows the prompt and what has been typed after it; Ctrl-D may have closed the terminal meanwhile. */
function prompt(terminal: Terminal): void {
  if (terminal.isOpen) terminal.readline.prompt(true);
}

function emptyLine(terminal: Terminal): void {
  terminal.readline.write(null, { ctrl: true, name: 'e' });
  terminal.readline.write(null, { ctrl: true, name: 'u' });
}

async function completer<C>(session: Session<C>, line: string): Promise<[string[], string]> {
  const { candidates, start } = await complete(session.grammar, line, session.connect);
  const texts = candidates.flatMap(({ text }) => (text === undefined ? [] : [text]));
  return [texts.length === 1 ? texts.map((text) => `${text} `) : texts, line.slice(start)];
}

/** Prints what may come next when `?` is typed outside of quotes, and takes the `?` away again. */
function listenForHelp<C>(session: Session<C>, terminal: Terminal, streams: CliStreams): void {
  streams.stdin.on('keypress', async (character: unknown) => {
    if (character !== '?') return;
    const typed = terminal.readline.line.slice(0, terminal.readline.cursor);
    const line = typed.slice(0, -1);
    if (!typed.endsWith('?') || tokenizePartial(line).quote !== '') return;
    terminal.readline.write(null, { name: 'backspace' });
    const { candidates } = await complete(session.grammar, line, session.connect);
    await session.write(`\n${helpText(candidates)}`);
    prompt(terminal);
  });
}

function helpText(candidates: readonly Candidate[]): string {
  if (candidates.length === 0) return '  nothing fits here\n';
  const width = Math.max(...candidates.map(({ label }) => label.length));
  return candidates.map(({ label, help }) => `${`  ${label.padEnd(width)}  ${help}`.trimEnd()}\n`).join('');
}
