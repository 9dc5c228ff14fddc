import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { PodError } from './pod-error.ts';

/** Where lines of iproute2 are run. */
export interface IpPlace {
  readonly doing: string;
  /** The path of a network namespace; our own by default. */
  readonly netns?: string;
  /** Goes on after a line that fails. */
  readonly force?: boolean;
}

/** Runs lines of iproute2 in one process. @throws PodError unknown where the namespace is gone, host */
export async function ip(lines: readonly string[], place: IpPlace): Promise<void> {
  const { doing, netns, force = false } = place;
  if (netns !== undefined) checkNamespace(doing, netns);
  const enter = netns === undefined ? [] : ['nsenter', `--net=${netns}`, '--'];
  const command = [...enter, 'ip', ...(force ? ['-force'] : []), '-batch', '-'];
  const { status, stderr } = await run(command, `${lines.join('\n')}\n`);
  if (status === 0 || force) return;
  const at = Number(/:(\d+)\s*$/.exec(stderr)?.[1] ?? 1) - 1;
  const received = stderr.replace(/\s*Command failed.*$/s, '').trim();
  throw new PodError('host', { doing, expected: `the host to take "ip ${lines[at] ?? lines[0]}"`, received });
}

/** Runs iproute2 with JSON output; undefined where it fails. */
export async function ipShow(words: readonly string[], netns?: string): Promise<unknown> {
  const enter = netns === undefined ? [] : ['nsenter', `--net=${netns}`, '--'];
  if (netns !== undefined && !existsSync(netns)) return undefined;
  const { status, stdout } = await run([...enter, 'ip', '-json', ...words], '');
  return status === 0 ? JSON.parse(stdout || '[]') : undefined;
}

/** Runs a program of the host to its end, a few at a time. */
export async function run(command: readonly string[], input: string) {
  const release = await turn();
  try {
    const [file = '', ...args] = command;
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const status = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? 128));
    });
    child.stdin.on('error', () => undefined); // it may end without reading
    child.stdin.end(input);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { status: await status, stdout, stderr };
  } finally {
    release();
  }
}

function checkNamespace(doing: string, netns: string): void {
  if (existsSync(netns)) return;
  throw new PodError('unknown', { doing, expected: `a network namespace at ${netns}`, received: 'none' });
}

/** More at once only wait for each other's kernel locks. */
const AT_ONCE = 8;
const waiting: (() => void)[] = [];
let running = 0;

async function turn(): Promise<() => void> {
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running += 1;
  return () => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };
}
