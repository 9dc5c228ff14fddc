import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { namesOfTheDead } from './abandoned.ts';
import { atExit } from './at-exit.ts';
import { attempt, type Command, type Ended, run } from './command.ts';
import { Namespace } from './namespace.ts';
import { Program } from './program.ts';

/** The launcher of this clone. */
export const millrace = fileURLToPath(new URL('../bin/millrace', import.meta.url));

/** How a router is started. */
export interface RouterOptions {
  readonly name?: string;
  readonly flags?: readonly string[];
  /** Lines of ctl that it runs before it is ready. */
  readonly config?: string;
  /** Where its sockets and logs are; a fresh one by default. */
  readonly directory?: string;
  readonly namespace?: Namespace;
  /** Words before the program, such as those that drop privileges. */
  readonly wrapper?: string;
}

/** `millrace vrouter` in a directory and a network namespace of its own, and `millrace ctl` beside it. */
export class Router implements AsyncDisposable {
  readonly namespace: Namespace;
  readonly directory: string;
  readonly socket: string;
  readonly #options: RouterOptions;
  readonly #forget: () => void;
  #program: Program | undefined;

  constructor(options: RouterOptions = {}) {
    const { name = 'router' } = options;
    for (const abandoned of namesOfTheDead(tmpdir())) rmSync(join(tmpdir(), abandoned), { recursive: true });
    this.#options = options;
    this.namespace = options.namespace ?? new Namespace(name);
    this.directory = options.directory ?? mkdtempSync(join(tmpdir(), `mr-${process.pid}-`));
    this.socket = join(this.directory, 'vrouter.sock');
    this.#forget = atExit(() => rmSync(this.directory, { recursive: true, force: true }));
  }

  /** Starts it and waits until it is ready. @throws LabError with its log when it ends before */
  async start(): Promise<this> {
    await this.launch().said(/the router is ready/);
    return this;
  }

  /** Starts it and does not wait for anything. */
  launch(): Program {
    const { config, flags = [], wrapper = '' } = this.#options;
    const configured = config === undefined ? [] : ['--config', this.#file('start.ctl', config)];
    const line = [wrapper, millrace, 'vrouter', '-s', this.socket, ...configured, ...flags].join(' ');
    this.#program = this.namespace.start(line, { directory: this.directory });
    return this.#program;
  }

  get program(): Program {
    if (this.#program === undefined) throw new TypeError('expected a router that was started');
    return this.#program;
  }

  /** What it has logged. */
  get log(): string {
    return this.#program?.stderr ?? '';
  }

  /** Runs lines of ctl, stops at the first that fails, and resolves to what they printed. @throws LabError */
  ctl(lines: string): Promise<string> {
    return run(this.ctlCommand('-e'), { input: lines });
  }

  /** Starts it and resolves to what it said when it ended instead. */
  async refusal(): Promise<string> {
    const started = await this.start().then(
      () => true,
      () => false,
    );
    if (started) throw this.program.failure('expected it to end, it is ready');
    if ((await this.program.ended) === 0) throw this.program.failure('expected a failure, got status 0');
    return this.program.stderr;
  }

  /** Runs one line of ctl, whatever its status. */
  attempt(line: string): Promise<Ended> {
    return attempt(this.ctlCommand('-e'), { input: line });
  }

  /** Runs one line of ctl that lists things, and resolves to the list. */
  async list(line: string): Promise<readonly Row[]> {
    const value: unknown = JSON.parse(await run(this.ctlCommand('-j', '-e'), { input: line }));
    return Array.isArray(value) ? value.map(row) : [row(value)];
  }

  /** Starts a line of ctl that goes on until it is closed. */
  watch(...words: readonly string[]): Program {
    return new Program(this.ctlCommand(...words), { directory: this.directory });
  }

  /** Packets that a stage has handled or a drop has counted. */
  async counted(node: string): Promise<number> {
    const [counts = {}] = await this.list(`stats show software brief pattern ${node}`);
    return Object.values(counts).reduce<number>((sum, packets) => sum + Number(packets), 0);
  }

  ctlCommand(...words: readonly string[]): Command {
    return [millrace, 'ctl', '-s', this.socket, ...words];
  }

  /** Ends it in order and resolves to its exit status; its namespace and directory stay for the next start. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    return this.program.close(signal);
  }

  async close(): Promise<void> {
    await this.#program?.close();
    if (this.#options.namespace === undefined) this.namespace.close();
    rmSync(this.directory, { recursive: true, force: true });
    this.#forget();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #file(name: string, text: string): string {
    const file = join(this.directory, name);
    writeFileSync(file, text);
    return file;
  }
}

/** One line of a table, as ctl's JSON has it. */
export type Row = Readonly<Record<string, unknown>>;

function row(value: unknown): Row {
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value));
  throw new TypeError(`expected an object from ctl, got ${JSON.stringify(value)}`);
}
