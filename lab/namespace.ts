import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { namesOfTheDead } from './abandoned.ts';
import { atExit } from './at-exit.ts';
import { attempt, type Command, type CommandOptions, type Ended, run } from './command.ts';
import { Program } from './program.ts';

const directory = '/run/netns';
/** The names that this process has given. */
const mine = new Set<string>();

/** A network namespace; what runs in it sees only its own interfaces, addresses and routes. */
export class Namespace {
  readonly name: string;
  readonly #forget: () => void;

  /** Makes a fresh one, whose name begins with this process's id: mr-<pid>-<name>. */
  constructor(name: string, prefix = `mr-${process.pid}`) {
    for (const abandoned of namesOfTheDead(directory)) Namespace.remove(abandoned);
    this.name = `${prefix}-${name}`;
    // One of a killed process that had our id: process ids come round again.
    if (!mine.has(this.name)) Namespace.remove(this.name);
    mine.add(this.name);
    execFileSync('ip', ['netns', 'add', this.name], { stdio: 'pipe' });
    this.#forget = atExit(() => this.close());
    this.#sysctls();
  }

  /** Runs a line of shell in it and resolves to what it printed. @throws LabError when it fails */
  run(line: string, options: CommandOptions = {}): Promise<string> {
    return run(this.command(line), options);
  }

  /** Runs a line of shell in it, whatever its status. */
  attempt(line: string, options: CommandOptions = {}): Promise<Ended> {
    return attempt(this.command(line), options);
  }

  /** Starts a program in it that runs until it is closed. */
  start(line: string, options: { readonly directory?: string } = {}): Program {
    return new Program(this.command(`exec ${line}`), options);
  }

  /** Runs lines of iproute2 in it, all in one process. */
  async ip(lines: string): Promise<void> {
    await run(['ip', '-n', this.name, '-batch', '-'], { input: lines });
  }

  // nsenter and not "ip netns exec", which hides mounts below /sys.
  command(line: string): Command {
    return ['nsenter', `--net=${directory}/${this.name}`, '--', 'sh', '-c', line];
  }

  /** Removes a namespace by its name, where it is. */
  static remove(name: string): void {
    if (existsSync(`${directory}/${name}`)) execFileSync('ip', ['netns', 'del', name], { stdio: 'pipe' });
  }

  close(): void {
    this.#forget();
    Namespace.remove(this.name);
    mine.delete(this.name);
  }

  // Duplicate address detection would hold addresses back for a second.
  #sysctls(): void {
    const settings = ['net.ipv6.conf.default.accept_dad=0', 'net.ipv6.conf.all.accept_dad=0'];
    const [file, ...args] = this.command(`ip link set lo up; sysctl -qw ${settings.join(' ')}`);
    execFileSync(file, args, { stdio: 'pipe' });
  }
}
