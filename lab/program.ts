import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { atExit } from './at-exit.ts';
import type { Command } from './command.ts';
import { eventually, type Patience } from './eventually.ts';
import { LabError } from './lab-error.ts';

const outputKept = 200_000;
const patienceMs = 5000;

/** How a program is started. */
export interface ProgramOptions {
  readonly directory?: string;
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A program that runs until it ends or is closed; it never outlives this process. */
export class Program implements AsyncDisposable {
  readonly command: Command;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<number>;
  readonly #chunks: Buffer[] = [];
  #stdout = '';
  #stderr = '';

  constructor(command: Command, options: ProgramOptions = {}) {
    this.command = command;
    // The kernel ends it even when this process is killed.
    const tied = ['--pdeathsig', 'KILL', '--', ...command];
    const env = { ...process.env, ...options.environment };
    this.#child = spawn('setpriv', tied, { cwd: options.directory, env, stdio: 'pipe' });
    const forget = atExit(() => this.#child.kill('SIGKILL'));
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#stderr += error.message;
      });
      this.#child.once('close', (status, signal) => {
        forget();
        resolve(status ?? (signal === null ? 1 : 128));
      });
    });
    this.#child.stdin.on('error', () => {});
    this.#child.stdout.on('data', (chunk: Buffer) => this.#keep(chunk));
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-outputKept);
    });
  }

  /** The process id; the wrappers that start it replace themselves, so it is the program's own. */
  get pid(): number {
    if (this.#child.pid === undefined) throw this.failure('it could not be started');
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** All it wrote to its standard output, as it wrote it. */
  get bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  /** Resolves to its exit status when it has ended. */
  get ended(): Promise<number> {
    return this.#ended;
  }

  /** Waits until it has written what the pattern matches, to either output. */
  async said(pattern: RegExp, patience: Patience = {}): Promise<RegExpExecArray> {
    return this.until(
      () => pattern.exec(this.#stdout) ?? pattern.exec(this.#stderr),
      String(pattern),
      patience,
    );
  }

  /** Waits until a look at it gives something; fails at once when it ends before. */
  async until<T>(
    look: () => T | null | undefined | Promise<T | null | undefined>,
    what: string,
    patience: Patience = {},
  ): Promise<T> {
    let over = false;
    const found = await eventually(async () => {
      const value = await look();
      if (value !== null && value !== undefined) return { value };
      over = !this.running;
      if (over) return undefined;
      throw this.failure(`expected ${what}, got none`);
    }, patience);
    if (found === undefined) throw this.failure(`it ended before ${what}`);
    return found.value;
  }

  write(text: string): void {
    this.#child.stdin.write(text);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Asks it to end, makes it end when it does not, and resolves to its exit status. */
  async close(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    if (this.running) this.#child.kill(signal);
    if (this.running) this.#child.kill('SIGCONT'); // it may have been stopped
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    const status = await this.#ended;
    clearTimeout(insist);
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  failure(what: string): LabError {
    const said = [this.#stdout, this.#stderr].map((text) => text.trim().slice(-4000)).filter(Boolean);
    return new LabError('LAB_PROGRAM', [`${this.command.join(' ')}: ${what}; it said:`, ...said].join('\n'));
  }

  #keep(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#stdout = (this.#stdout + chunk.toString()).slice(-outputKept);
  }
}
