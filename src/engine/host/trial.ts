import { Worker } from 'node:worker_threads';
import { ApiError } from '../api-error.ts';
import type { DatapathInfo } from '../compiler/compile.ts';
import type { Datapath } from './datapath.ts';
import type { Misfit, Needs } from './fits.ts';
import type { ScratchDatapath } from './scratch-datapath.ts';

/** What a build must be able to do before it gets real packets: it is run in a memory of its own, without DPDK. */
export interface Trial {
  readonly name: string;
  /** Puts packets through the datapath. @throws Error with what did not come out as it should */
  run(datapath: ScratchDatapath): void;
}

/** What a build is tried against. */
export interface TrialOptions {
  /** What a refusal says was being done. */
  readonly doing: string;
  /** The module that exports `trials`, a list of Trial. */
  readonly trials: URL;
  readonly running: DatapathInfo;
  readonly needs: Needs;
}

/** What the trial's thread is started with. */
export interface TrialStart {
  readonly code: Uint8Array<ArrayBuffer>;
  readonly trials: string;
  readonly running: DatapathInfo;
  readonly needs: Needs;
}

/** What the trial's thread says at its end. */
export type Verdict =
  | { readonly kind: 'passed'; readonly module: Datapath['module']; readonly compileMs: number }
  | ({ readonly kind: 'refused' } & Misfit);

/**
 * Compiles a build and tries it in a thread of its own: packets and API go on meanwhile, and a build that never ends
 * holds nobody up.
 *
 * @throws ApiError EINVAL with what is wrong with the build
 */
export async function tryDatapath(
  code: Uint8Array<ArrayBuffer>,
  { doing, trials, running, needs }: TrialOptions,
): Promise<{ readonly module: Datapath['module']; readonly compileMs: number }> {
  const start: TrialStart = { code, trials: trials.href, running, needs };
  const verdict = await runThread(start);
  if (verdict.kind === 'passed') return verdict;
  throw new ApiError('EINVAL', { doing, expected: verdict.expected, received: verdict.received });
}

async function runThread(start: TrialStart): Promise<Verdict> {
  const thread = new Worker(new URL('./trial-thread.ts', import.meta.url), {
    workerData: start,
    name: 'datapath-trial',
  });
  const { promise, resolve } = Promise.withResolvers<Verdict>();
  const refuse = (expected: string, received: string) => resolve({ kind: 'refused', expected, received });
  const timer = setTimeout(
    () => refuse('a self-test that ends', `one that still runs after ${LONGEST_TRIAL_MS} ms`),
    LONGEST_TRIAL_MS,
  );
  thread.on('message', (verdict: Verdict) => resolve(verdict));
  thread.on('error', (error) => refuse('a self-test that ends in order', String(error)));
  thread.on('exit', () => refuse('a self-test that says how it ended', 'one that did not'));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}

const LONGEST_TRIAL_MS = 10_000;
