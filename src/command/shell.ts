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
  const terminal = createInterface({
    input: streams.stdin,
    output: streams.stdout,
    terminal: true,
    prompt: `${options.name.split(' ')[0]}> `,
    history: [...history.newestFirst],
    historySize: 1000,
    removeHistoryDuplicates: true,
    completer: (line: string) => completer(session, line),
  });
  listenForHelp(session, terminal, streams);
  attach(session, terminal);
  terminal.prompt();
  for await (const line of terminal) {
    await history.add(line);
    await runLine(session, line);
    if (session.isOver) break;
    terminal.prompt();
  }
  terminal.close();
}

/** Lets Ctrl-C reach the running command, and a pager have the terminal for itself. */
function attach<C>(session: Session<C>, terminal: Interface): void {
  let interrupt: (() => void) | undefined;
  terminal.on('SIGINT', () => (interrupt === undefined ? emptyLine(terminal) : interrupt()));
  session.onInterrupt = (listener) => {
    interrupt = listener;
    return () => {
      interrupt = undefined;
    };
  };
  const { openPager } = session;
  session.openPager = async () => {
    terminal.pause();
    const pager = await openPager();
    return { write: pager.write, end: () => pager.end().finally(() => terminal.resume()) };
  };
}

function emptyLine(terminal: Interface): void {
  terminal.write(null, { ctrl: true, name: 'e' });
  terminal.write(null, { ctrl: true, name: 'u' });
}

async function completer<C>(session: Session<C>, line: string): Promise<[string[], string]> {
  const { candidates, start } = await complete(session.grammar, line, session.connect);
  const texts = candidates.flatMap(({ text }) => (text === undefined ? [] : [text]));
  return [texts.length === 1 ? texts.map((text) => `${text} `) : texts, line.slice(start)];
}

/** Prints what may come next when `?` is typed outside of quotes, and takes the `?` away again. */
function listenForHelp<C>(session: Session<C>, terminal: Interface, streams: CliStreams): void {
  streams.stdin.on('keypress', async (character: unknown) => {
    if (character !== '?') return;
    const typed = terminal.line.slice(0, terminal.cursor);
    const line = typed.slice(0, -1);
    if (!typed.endsWith('?') || tokenizePartial(line).quote !== '') return;
    terminal.write(null, { name: 'backspace' });
    const { candidates } = await complete(session.grammar, line, session.connect);
    await session.write(`\n${helpText(candidates)}`);
    terminal.prompt(true);
  });
}

function helpText(candidates: readonly Candidate[]): string {
  if (candidates.length === 0) return '  nothing fits here\n';
  const width = Math.max(...candidates.map(({ label }) => label.length));
  return candidates.map(({ label, help }) => `${`  ${label.padEnd(width)}  ${help}`.trimEnd()}\n`).join('');
}
