import { reasonOf } from './bench-error.ts';
import type { Log } from './peer.ts';

/** Something measured in turn with others. */
export interface Contender {
  readonly name: string;
  readonly measure: () => Promise<number>;
}

/** The values of each contender, and why a contender has none. */
export interface Measured {
  readonly runs: Readonly<Record<string, readonly number[]>>;
  readonly skipped: Readonly<Record<string, string>>;
}

/**
 * Measures all contenders in turn, round after round, so that a machine that grows slow is slow for all.
 * A contender that fails is left out from then on; the others go on.
 */
export async function interleave(options: {
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly unit: string;
  readonly log: Log;
}): Promise<Measured> {
  const runs = new Map<string, number[]>();
  const skipped = new Map<string, string>();
  for (let round = 1; round <= options.rounds; round++) {
    for (const { name, measure } of options.contenders) {
      if (skipped.has(name)) continue;
      try {
        const value = await measure();
        runs.set(name, [...(runs.get(name) ?? []), value]);
        options.log(`run ${round}/${options.rounds}: ${name} ${value.toPrecision(4)} ${options.unit}`);
      } catch (error) {
        skipped.set(name, reasonOf(error));
        options.log(`run ${round}/${options.rounds}: ${name} is left out: ${reasonOf(error)}`);
      }
    }
  }
  for (const name of skipped.keys()) runs.delete(name); // half a row would be compared with whole ones
  return { runs: Object.fromEntries(runs), skipped: Object.fromEntries(skipped) };
}
