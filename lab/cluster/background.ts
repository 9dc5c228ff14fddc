import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from '../command.ts';
import { eventually } from '../eventually.ts';
import { LabError } from '../lab-error.ts';

/** A process that goes on when we end. A pid comes round again; with the time of its start it does not. */
export interface BackgroundProcess {
  readonly name: string;
  readonly pid: number;
  /** In ticks since the start of the machine, as /proc has it. */
  readonly startedAt: number;
  readonly log: string;
}

/** How a process is started in the background. */
export interface BackgroundOptions {
  readonly name: string;
  /** What it writes goes here. */
  readonly log: string;
}

/** Starts a program that does not end with us. */
export function startInBackground(
  [file, ...args]: Command,
  { name, log }: BackgroundOptions,
): BackgroundProcess {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'w');
  const child = spawn(file, args, { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  child.unref();
  const { pid } = child;
  const startedAt = pid === undefined ? undefined : startOf(pid);
  if (pid === undefined || startedAt === undefined)
    throw new LabError('LAB_PROGRAM', `expected ${name} to start (${file}), it did not`);
  return { name, pid, startedAt, log };
}

export function isRunning({ pid, startedAt }: BackgroundProcess): boolean {
  return startOf(pid) === startedAt;
}

/** Waits until a program has logged what a pattern matches. @throws LabError with its log when it ends before */
export async function logged(
  program: BackgroundProcess,
  pattern: RegExp,
  timeoutMs = 30_000,
): Promise<RegExpExecArray> {
  const found = await eventually(
    () => {
      const text = readFileSync(program.log, 'utf8');
      const match = pattern.exec(text);
      if (match !== null || !isRunning(program)) return match;
      throw new Error(`${program.name} has not logged ${pattern}, but:\n${text.slice(-3000)}`);
    },
    { timeoutMs },
  );
  if (found !== null) return found;
  const text = readFileSync(program.log, 'utf8').slice(-3000);
  throw new LabError('LAB_PROGRAM', `expected ${program.name} to run, it ended; its log:\n${text}`);
}

/** Ends a program, and waits until it has ended: asks first. */
export async function end(program: BackgroundProcess): Promise<void> {
  if (await hasEnded(program, 'SIGTERM', 5000)) return;
  if (await hasEnded(program, 'SIGKILL', 2000)) return;
  throw new LabError('LAB_PROGRAM', `expected ${program.name}, process ${program.pid}, to end, it did not`);
}

async function hasEnded(
  program: BackgroundProcess,
  signal: NodeJS.Signals,
  timeoutMs: number,
): Promise<boolean> {
  if (!isRunning(program)) return true;
  process.kill(program.pid, signal);
  const stillThere = () => {
    if (isRunning(program)) throw new Error('it runs');
    return true;
  };
  return eventually(stillThere, { timeoutMs, everyMs: 20 }).catch(() => false);
}

/** When a process was started; undefined when there is none, or only what a parent has not looked at yet. */
function startOf(pid: number): number | undefined {
  try {
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' || state === 'X' ? undefined : Number(fields[STARTTIME]);
  } catch {
    return undefined;
  }
}

/** Of proc_pid_stat(5), counted from what follows the state. */
const STARTTIME = 22 - 4;
