import { cachedDatapath } from '../compiler/cache.ts';
import type { DatapathSource } from '../compiler/compile.ts';
import { loadDatapath } from '../host/datapath.ts';
import { ScratchDatapath } from '../host/scratch-datapath.ts';

export type { Outcome, PuntedEvent, SentFrame } from '../host/scratch-datapath.ts';

/** The real datapath on the bench: frames in, frames and counted drops out. */
export class Bench extends ScratchDatapath {
  /** Compiles the packet path (or takes it from the cache) and sets it on the bench. */
  static async open(source: DatapathSource, buildFolder: string): Promise<Bench> {
    return new Bench(loadDatapath((await cachedDatapath(source, buildFolder)).code));
  }
}
