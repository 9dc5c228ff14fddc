import { styleText } from 'node:util';
import { attempt } from '../command.ts';

/** Something the demo has found to be so, or not. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  /** What was seen, in a few words. */
  readonly result: string;
}

/** How a command is shown. */
export interface Showing {
  /** The first lines of its output, 12 by default. */
  readonly lines?: number;
  /** Only the lines that match. */
  readonly only?: RegExp;
  /** What is checked by it, and how: what was seen, or nothing when it is not so. */
  readonly check?: { readonly name: string; readonly see: (output: string) => string | undefined };
}

/** Tells the demo: chapters, commands as a user would type them with their real output, and what was checked. */
export class Story {
  readonly #write: (text: string) => void;
  readonly #directory: string;
  readonly #checks: Check[] = [];

  constructor(options: { readonly directory: string; readonly write: (text: string) => void }) {
    this.#write = options.write;
    this.#directory = options.directory;
  }

  get checks(): readonly Check[] {
    return this.#checks;
  }

  chapter(title: string, text = ''): void {
    const explained = text === '' ? '' : `${text}\n`;
    this.#write(
      `\n${styleText('bold', `── ${title} ${'─'.repeat(Math.max(0, 74 - title.length))}`)}\n${explained}`,
    );
  }

  tell(text: string): void {
    this.#write(`${text}\n`);
  }

  /** Runs a line of shell, shows it and what it printed, and resolves to that. */
  async show(line: string, showing: Showing = {}): Promise<string> {
    this.#write(`\n${styleText('cyan', `$ ${line}`)}\n`);
    const { stdout, stderr } = await attempt(['bash', '-c', line], { directory: this.#directory });
    const output = stdout + stderr;
    this.#write(shortened(output, showing));
    if (showing.check) this.check(showing.check.name, showing.check.see(output));
    return output;
  }

  /** Notes what was seen; nothing seen is a failure. */
  check(name: string, seen: string | undefined): void {
    this.#checks.push({ name, passed: seen !== undefined, result: seen ?? 'not so, see above' });
  }
}

const linesShown = 12;

function shortened(output: string, { lines = linesShown, only }: Showing): string {
  const all = output.split('\n').filter((line) => line.trim() !== '');
  const fitting = only === undefined ? all : all.filter((line) => only.test(line));
  const shown = fitting.slice(0, lines).map((line) => `  ${line}\n`);
  const rest = fitting.length - shown.length;
  return shown.join('') + (rest > 0 ? styleText('dim', `  … ${rest} more lines\n`) : '');
}
