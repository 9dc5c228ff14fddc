import { parentPort, workerData } from 'node:worker_threads';
import { type Datapath, loadDatapath } from './datapath.ts';
import { findMisfit, findMissingFunction, type Misfit } from './fits.ts';
import { ScratchDatapath } from './scratch-datapath.ts';
import type { Trial, TrialStart, Verdict } from './trial.ts';

// Tries one build of the datapath: compiles it, compares it with the one that runs, and puts packets through it.

const start = workerData as TrialStart;
parentPort?.postMessage(await judge());

async function judge(): Promise<Verdict> {
  const startedMs = performance.now();
  let datapath: Datapath;
  try {
    datapath = loadDatapath(start.code);
  } catch (error) {
    return { kind: 'refused', expected: 'a datapath that this router can run', received: textOf(error) };
  }
  const compileMs = performance.now() - startedMs;
  const misfit = findMisfit(start.running, datapath.info, start.needs) ?? (await runTrials(datapath));
  return misfit ? { kind: 'refused', ...misfit } : { kind: 'passed', module: datapath.module, compileMs };
}

/** Every trial has a datapath of its own. */
async function runTrials(datapath: Datapath): Promise<Misfit | undefined> {
  const { trials } = (await import(start.trials)) as { readonly trials: readonly Trial[] };
  for (const { name, run } of trials) {
    try {
      const scratch = new ScratchDatapath(datapath);
      const missing = findMissingFunction(scratch.control.exports, start.needs);
      if (missing) return missing;
      run(scratch);
    } catch (error) {
      return { expected: `to pass the self-test "${name}"`, received: textOf(error) };
    }
  }
  return undefined;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
