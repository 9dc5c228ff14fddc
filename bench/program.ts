import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { atExit } from './at-exit.ts';
import { BenchError } from './bench-error.ts';

/** How a long-running program is started. */
export interface ProgramOptions {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly environment?: Readonly<Record<string, string>>;
  /** Runs it in a network namespace of its own, so that its TAPs never meet the host's. */
  readonly ownNetwork?: boolean;
  readonly ownMounts?: boolean;
}

const outputKept = 4096;
const patienceMs = 10_000;

/** Starts a program that runs until it is closed; it also ends when this process does. */
export function startProgram(options: ProgramOptions): Program {
  const [file, ...args] = isolated(options);
  const child = spawn(file, args, {
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return new Program(options.name, child);
}

/** A running child process, ended by its pid. */
export class Program implements AsyncDisposable {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #forget: () => void;
  #output = '';

  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', (error) => {
        this.#keep(error.message);
        resolve();
      });
    });
    this.#forget = atExit(() => child.kill('SIGKILL'));
    child.stdout?.on('data', (chunk: Buffer) => this.#keep(chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => this.#keep(chunk.toString()));
    child.stdin?.on('error', () => {});
  }

  /** The process id; the wrappers that start it replace themselves, so it is the program's own. */
  get pid(): number {
    if (this.#child.pid === undefined) throw this.#failure('it could not be started');
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The last bytes it wrote to both its outputs. */
  get output(): string {
    return this.#output;
  }

  /** Waits until the probe gives a value; fails when the program ends first or takes too long. */
  async until<T>(what: string, probe: () => Promise<T | undefined>, timeoutMs = patienceMs): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    while (performance.now() < deadline) {
      const value = await probe();
      if (value !== undefined) return value;
      if (!this.running) throw this.#failure(`it ended before ${what}`);
      await delay(10);
    }
    throw this.#failure(`no ${what} within ${timeoutMs} ms`);
  }

  async close(): Promise<void> {
    if (this.running) this.#child.kill('SIGTERM');
    if (this.running) this.#child.kill('SIGCONT'); // it may have been stopped
    const ended = this.#ended.then(() => true);
    if (!(await Promise.race([ended, delay(patienceMs, false, { ref: false })]))) this.#child.kill('SIGKILL');
    await this.#ended;
    this.#forget();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #keep(text: string): void {
    this.#output = (this.#output + text).slice(-outputKept);
  }

  #failure(what: string): BenchError {
    return new BenchError('BENCH_PROGRAM', `${this.name}: ${what}; it said:\n${this.#output.trimEnd()}`);
  }
}

// pdeathsig ends the child even when this process is killed with SIGKILL.
function isolated({ command, ownNetwork, ownMounts }: ProgramOptions): [string, ...string[]] {
  const spaces = [...(ownNetwork ? ['--net'] : []), ...(ownMounts ? ['--mount'] : [])];
  const apart = spaces.length === 0 ? [] : ['unshare', ...spaces, '--'];
  return ['setpriv', '--pdeathsig', 'KILL', '--', ...apart, ...command];
}
