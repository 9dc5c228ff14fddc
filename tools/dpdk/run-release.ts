import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { FileResult } from '../test/result.ts';
import type { Release } from './releases.ts';

/** Where and what is run in the root of a release. */
export interface ReleaseRun {
  /** The clone. */
  readonly root: string;
  readonly files: readonly string[];
  /** Ends it early, with all it has started. */
  readonly signal: AbortSignal;
  readonly onResult: (result: FileResult) => void;
}

/** Runs test files with one version of DPDK; what keeps it from running them is a failed test. */
export async function runRelease(release: Release, run: ReleaseRun): Promise<readonly FileResult[]> {
  const started = performance.now();
  const results: FileResult[] = [];
  const keep = (result: FileResult) => {
    results.push(result);
    run.onResult(result);
  };
  const child = spawn('setpriv', commandFor(release, run.files), {
    cwd: run.root,
    stdio: ['ignore', 'pipe', 'inherit'],
    signal: run.signal,
    killSignal: 'SIGKILL', // which the kernel passes on to every process in the root
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, signal) => resolve(signal ?? `status ${status}`));
  });
  for await (const line of createInterface({ input: child.stdout })) keep(JSON.parse(line) as FileResult);
  const ending = await ended;
  if (ending !== 'status 0') keep(notRun(release, ending, performance.now() - started));
  return results;
}

function commandFor({ dpdk, debian }: Release, files: readonly string[]): readonly string[] {
  const inside = ['node', '--disable-warning=ExperimentalWarning', 'tools/dpdk/inside.ts', dpdk, ...files];
  return ['--pdeathsig', 'KILL', '--', 'bash', 'tools/dpdk/in-root.sh', dpdk, debian, ...inside];
}

function notRun({ dpdk, debian }: Release, ending: string, durationMs: number): FileResult {
  const reason = `the root of Debian ${debian} or what ran in it ended with ${ending}`;
  const name = `runs with DPDK ${dpdk}`;
  return { file: 'root', durationMs, tests: [{ outcome: 'failed', name, durationMs, reason }] };
}
