import { readFileSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import { type Datapath, loadInBackground } from './datapath.ts';
import { type EalInfo, type EalOptions, ealBegin } from './dpdk.ts';
import { startThread } from './worker-handle.ts';

/** What takes long at the start of a router and needs nothing else of it. */
export interface EarlyStart {
  readonly eal: Promise<EalInfo>;
  readonly build: Promise<LoadedBuild>;
  /** Threads that wait for Workers.add. */
  readonly threads: readonly Worker[];
}

/** A datapath with the code that it was compiled from. */
export interface LoadedBuild {
  readonly code: Uint8Array;
  readonly datapath: Datapath;
}

/** Begins all of it at once, on threads of its own, so that the calling one can load the rest of the program. */
export function startEarly(options: {
  readonly eal: EalOptions;
  readonly datapathFile: string;
  readonly workers: number;
}): EarlyStart {
  const threads = Array.from({ length: options.workers }, (_, index) => startThread(index));
  void process.stdout; // opened before EAL's start, which has the file elsewhere for a while
  const eal = ealBegin(options.eal);
  const build = loadBuild(options.datapathFile);
  // Whoever waits for them is told; until then nobody listens.
  for (const each of [eal, build]) each.catch(() => {});
  return { eal, build, threads };
}

async function loadBuild(file: string): Promise<LoadedBuild> {
  // At once: while the program loads, what is asynchronous comes late to its turn.
  const code = new Uint8Array(readFileSync(file));
  return { code, datapath: await loadInBackground(code) };
}
