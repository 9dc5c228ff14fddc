import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { FileResult, TestResult } from './result.ts';

/** How a test file is run. */
export interface RunOptions {
  /** The directory it runs in, and that its name is relative to. */
  readonly root: string;
  /** A file that takes longer is killed with everything it started in its process group. */
  readonly limitMs: number;
  /** Only tests whose name matches this pattern. */
  readonly namePattern?: string | undefined;
  /** Ends the file early. */
  readonly signal?: AbortSignal | undefined;
}

const graceMs = 5000;
const reporter = fileURLToPath(new URL('reporter.ts', import.meta.url));

/** Runs one test file in a process of its own; a crash, a hang or a file without tests is a failed test. */
export async function runFile(file: string, options: RunOptions): Promise<FileResult> {
  const started = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'millrace-test-'));
  const resultsFile = join(folder, 'results');
  const child = spawn(process.execPath, [...flags(resultsFile, options), file], {
    cwd: options.root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watch = watchOver(child.pid, options);
  const exit = once(child, 'close');
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [status, killedBy] = await exit;
  watch.close();
  const tests = await readResults(resultsFile);
  await rm(folder, { recursive: true });
  const durationMs = performance.now() - started;
  const wrong = whatIsWrong({ tests, status, killedBy, watch, options });
  if (wrong === undefined) return { file, tests, durationMs };
  const reason = [wrong, ...lastLines(out), ...lastLines(errors)].join('\n');
  return {
    file,
    durationMs,
    tests: [...tests, { outcome: 'failed', name: '(the file)', durationMs, reason }],
  };
}

function flags(resultsFile: string, { namePattern }: RunOptions): readonly string[] {
  const reporting = [`--test-reporter=${reporter}`, `--test-reporter-destination=${resultsFile}`];
  const filter = namePattern === undefined ? [] : [`--test-name-pattern=${namePattern}`];
  return ['--disable-warning=ExperimentalWarning', ...reporting, ...filter];
}

interface Watch {
  readonly reason: 'limit' | 'stop' | undefined;
  close(): void;
}

/** Kills the process group when its time is over: politely, then for good. */
function watchOver(pid: number | undefined, { limitMs, signal }: RunOptions): Watch {
  let reason: Watch['reason'];
  let second: NodeJS.Timeout | undefined;
  const end = (why: 'limit' | 'stop') => {
    reason ??= why;
    killGroup(pid, 'SIGTERM');
    second ??= setTimeout(() => killGroup(pid, 'SIGKILL'), graceMs);
  };
  const stop = () => end('stop');
  const first = setTimeout(() => end('limit'), limitMs);
  signal?.addEventListener('abort', stop);
  return {
    get reason() {
      return reason;
    },
    close() {
      clearTimeout(first);
      clearTimeout(second);
      signal?.removeEventListener('abort', stop);
      killGroup(pid, 'SIGKILL'); // what the file started and left behind
    },
  };
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // nobody is left in the group
  }
}

interface Ending {
  readonly tests: readonly TestResult[];
  readonly status: number | null;
  readonly killedBy: string | null;
  readonly watch: Watch;
  readonly options: RunOptions;
}

function whatIsWrong({ tests, status, killedBy, watch, options }: Ending): string | undefined {
  if (watch.reason === 'limit')
    return `took longer than its limit of ${options.limitMs / 1000} s and was killed`;
  if (watch.reason === 'stop') return 'was stopped';
  if (killedBy) return `was killed by ${killedBy}`;
  if (status !== 0 && !tests.some((test) => test.outcome === 'failed')) return `ended with status ${status}`;
  if (tests.length === 0 && options.namePattern === undefined) return 'has no test';
  return undefined;
}

/** A process that was killed may leave its last line half written, or no file. */
async function readResults(file: string): Promise<readonly TestResult[]> {
  const lines = await readFile(file, 'utf8').catch(() => '');
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as TestResult);
}

function lastLines(output: string): readonly string[] {
  return output.trimEnd().split('\n').filter(Boolean).slice(-20);
}
