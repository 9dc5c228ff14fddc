import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { LabError } from './lab-error.ts';

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** What a command that ended has left. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** How a command is run. */
export interface CommandOptions {
  readonly input?: string | Uint8Array;
  readonly directory?: string;
  /** Variables besides those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs a command to its end and resolves to what it printed. @throws LabError LAB_COMMAND when it fails */
export async function run(command: Command, options: CommandOptions = {}): Promise<string> {
  const ended = await attempt(command, options);
  if (ended.status === 0) return ended.stdout;
  const said = [ended.stdout, ended.stderr].map((output) => output.trim().slice(-3000)).filter(Boolean);
  const what = `expected "${command.join(' ')}" to succeed, it ended with status ${ended.status}`;
  throw new LabError('LAB_COMMAND', [what, ...said].join('\n'));
}

/** Runs a command to its end, whatever its status; 128 and more stand for a signal. */
export async function attempt(command: Command, options: CommandOptions = {}): Promise<Ended> {
  const [file, ...args] = command;
  const child = spawn(file, args, {
    cwd: options.directory,
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 60_000,
    killSignal: 'SIGKILL',
  });
  const status = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 128)));
  });
  child.stdin.on('error', () => {}); // it may end without reading
  child.stdin.end(options.input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr, status: await status };
}
