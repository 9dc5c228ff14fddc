import type { Goal, Result, Settings } from './bench.ts';
import { interleave } from './harness.ts';
import { reserveHugepages } from './hugepages.ts';
import { readyPeers } from './ready-peers.ts';
import { type Turn, Turns } from './turns.ts';

/** Programs that are to be compared by the rate at which they send packets. */
export interface Comparison {
  readonly bench: string;
  readonly about: string;
  readonly turns: readonly Turn[];
  readonly note?: string;
  readonly goals: readonly Goal[];
  /** Starts each program once and stops it between its turns, because filling its table takes long. */
  readonly startOnce?: boolean;
  /** Programs that cannot do it, and why. */
  readonly unable?: Readonly<Record<string, string>>;
}

const unit = 'Mpps';
const hugepages = 1024;

/** Measures the packet rates of programs in turn, as one row. */
export async function compare(settings: Settings, comparison: Comparison): Promise<readonly Result[]> {
  const { bench, about, goals, note } = comparison;
  reserveHugepages(hugepages * (comparison.startOnce ? 3 : 1), settings.log);
  const { ready, skipped } = await readyPeers(
    comparison.turns.map(({ peer }) => peer),
    settings,
  );
  await using turns = new Turns({ settings, startOnce: comparison.startOnce ?? false });
  const contenders = comparison.turns
    .filter(({ peer }) => ready.includes(peer))
    .map((turn) => ({ name: turn.name, measure: () => turns.measure(turn) }));
  const measured = await interleave({ contenders, rounds: settings.runs, unit, log: settings.log });
  const all = { runs: measured.runs, skipped: { ...comparison.unable, ...skipped, ...measured.skipped } };
  const notes = note === undefined ? perCore : `${perCore} ${note}`;
  return [{ bench, about, unit, better: 'higher', goals, note: notes, ...all }];
}

const perCore = "Packets in a second of the forwarding thread's CPU time.";
