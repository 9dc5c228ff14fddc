import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../src/engine/host/replace-file.ts';
import { addressesIn, type CniCall, type CniResult, callCni, cniExecutable } from './cni-call.ts';
import { type CommandOptions, type Ended, run } from './command.ts';
import { LabError } from './lab-error.ts';
import { Namespace } from './namespace.ts';
import type { Program } from './program.ts';
import { millrace, type Router } from './router.ts';

/** `millrace agent` beside a router, and the CNI executable that talks to it. */
export class Agent implements AsyncDisposable {
  readonly socket: string;
  readonly state: string;
  /** Where pods with sockets have their directories. */
  readonly pods: string;
  readonly #router: Router;
  readonly plan: string;
  readonly #flags: readonly string[];
  #program: Program | undefined;

  constructor(router: Router, plan: object, flags: readonly string[] = []) {
    this.#flags = flags;
    this.#router = router;
    this.socket = join(router.directory, 'agent.sock');
    this.state = join(router.directory, 'agent');
    this.pods = join(router.directory, 'pods');
    this.plan = join(router.directory, 'plan.json');
    this.write(plan);
    if (!existsSync(cniExecutable))
      throw new LabError('LAB_SET_UP', `expected ${cniExecutable}: run tools/setup.sh`);
  }

  /** Starts it and waits until the router is as it shall be. */
  async start(): Promise<this> {
    await this.launch().said(/the router is as the ledger says/);
    return this;
  }

  /** Puts another plan in its place, whole, as the operator does. */
  write(plan: object): void {
    replaceFile(this.plan, JSON.stringify(plan));
  }

  launch(socket = this.socket): Program {
    return this.#run(this.command('--socket', socket).join(' '));
  }

  /** Starts it with its state in a memory of its own, mounted with options such as `size=256k`, and waits as `start` does. */
  async startIn(memory: string): Promise<this> {
    mkdirSync(this.state, { recursive: true });
    const mount = `mount -t tmpfs -o ${memory} tmpfs ${this.state}`;
    const line = `${mount} && exec ${this.command('--socket', this.socket).join(' ')}`;
    await this.#run(`unshare --mount sh -c "${line}"`).said(/the router is as the ledger says/);
    return this;
  }

  /** Its state as it sees it. */
  get stateInside(): string {
    return `/proc/${this.program.pid}/root${this.state}`;
  }

  /** The command that runs it, with further flags. */
  command(...flags: readonly string[]): [string, ...string[]] {
    const files = ['--plan', this.plan, '--state', this.state, '--pods', this.pods];
    return [millrace, 'agent', ...files, '--router', this.#router.socket, ...this.#flags, ...flags];
  }

  /** Gives it another plan, and waits until it has taken it. */
  async take(plan: object): Promise<void> {
    const before = this.log.length;
    this.write(plan);
    this.program.signal('SIGHUP');
    await this.program.until(
      () => /the plan was read again/.exec(this.log.slice(before)),
      'the plan was read again',
    );
  }

  get program(): Program {
    if (this.#program === undefined) throw new TypeError('expected an agent that was started');
    return this.#program;
  }

  get log(): string {
    return this.#program?.stderr ?? '';
  }

  /** Makes a call, whatever its status. */
  async attempt(call: CniCall, options: Pick<CommandOptions, 'timeoutMs'> = {}): Promise<Ended> {
    return callCni(this.socket, call, options);
  }

  /** Makes a call that is to succeed, and resolves to its result. @throws LabError */
  async call(call: CniCall): Promise<CniResult> {
    const { status, stdout } = await this.attempt(call);
    if (status === 0) return JSON.parse(stdout || '{}');
    throw new LabError('LAB_CNI', `expected ${call.command} to succeed, got ${stdout}\n${this.log}`);
  }

  /** Makes a call that is to fail, and resolves to the error. @throws LabError */
  async refusal(call: CniCall): Promise<CniRefusal> {
    const { status, stdout } = await this.attempt(call);
    if (status !== 0) return JSON.parse(stdout);
    throw new LabError('LAB_CNI', `expected ${call.command} to fail, got ${stdout}`);
  }

  #run(line: string): Program {
    const { namespace, directory } = this.#router;
    this.#program = namespace.start(line, { directory });
    return this.#program;
  }

  async close(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#program?.close(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

export interface CniRefusal {
  readonly code: number;
  readonly msg: string;
  readonly details: string;
}

/** A pod: a network namespace that is attached by CNI. */
export class Pod extends Namespace {
  readonly agent: Agent;
  readonly container: string;
  ip4 = '';
  ip6 = '';
  result: CniResult = {};

  constructor(agent: Agent, label: string) {
    super(label);
    this.agent = agent;
    this.container = this.name;
  }

  /** What its calls have in common. */
  get words() {
    return { container: this.container, netns: `/run/netns/${this.name}` };
  }

  async add(call: Partial<CniCall> = {}): Promise<this> {
    this.result = await this.agent.call({ command: 'ADD', ...this.words, ...call });
    const { ip4 = '', ip6 = '' } = addressesIn(this.result);
    this.ip4 = ip4;
    this.ip6 = ip6;
    return this;
  }

  async delete(call: Partial<CniCall> = {}): Promise<void> {
    await this.agent.call({ command: 'DEL', ...this.words, ...call });
  }
}

/** The names of the devices in a namespace, but for the loopback. */
export async function devicesIn({ name }: Namespace): Promise<readonly string[]> {
  const links: unknown = JSON.parse(await run(['ip', '-n', name, '-json', 'link', 'show']));
  if (!Array.isArray(links)) throw new TypeError('expected a list of links');
  return links.map(({ ifname }) => String(ifname)).filter((device) => device !== 'lo');
}
