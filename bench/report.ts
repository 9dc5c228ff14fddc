import type { Goal, Result } from './bench.ts';
import type { Machine } from './machine.ts';
import { median, significant } from './statistics.ts';

/** What `--json` prints of one result, and what the tables are made from. */
export interface Report {
  readonly bench: string;
  readonly about: string;
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** The median of Millrace's runs; null when it could not be measured. */
  readonly millrace: number | null;
  readonly peers: Readonly<Record<string, number>>;
  /** Millrace's median divided by the peer's. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly spread: Readonly<Record<string, readonly [least: number, most: number]>>;
  readonly runs: Readonly<Record<string, readonly number[]>>;
  readonly skipped: Readonly<Record<string, string>>;
  readonly goals: readonly GoalReport[];
  readonly note?: string;
  readonly machine: Machine;
}

export interface GoalReport {
  readonly goal: string;
  readonly met: boolean | null;
}

const self = 'millrace';

/** Sums the runs of a result up. */
export function report(result: Result, machine: Machine): Report {
  const medians = mapValues(result.runs, (values) => significant(median(values)));
  const { [self]: own, ...peers } = medians;
  const millrace = own ?? null;
  const ratios = millrace === null ? {} : mapValues(peers, (value) => significant(millrace / value, 3));
  return {
    bench: result.bench,
    about: result.about,
    unit: result.unit,
    better: result.better,
    millrace,
    peers,
    ratios,
    spread: mapValues(result.runs, (values) => [
      significant(Math.min(...values)),
      significant(Math.max(...values)),
    ]),
    runs: mapValues(result.runs, (values) => values.map((value) => significant(value))),
    skipped: result.skipped,
    goals: (result.goals ?? []).map((goal) => judge(goal, millrace, ratios, result.unit)),
    ...(result.note === undefined ? {} : { note: result.note }),
    machine,
  };
}

function judge(
  goal: Goal,
  millrace: number | null,
  ratios: Readonly<Record<string, number>>,
  unit: string,
): GoalReport {
  if ('atMost' in goal) {
    return {
      goal: `at most ${goal.atMost} ${unit}`,
      met: millrace === null ? null : millrace <= goal.atMost,
    };
  }
  const ratio = ratios[goal.ratioTo];
  return {
    goal: `at least ${goal.atLeast} × ${goal.ratioTo}`,
    met: ratio === undefined ? null : ratio >= goal.atLeast,
  };
}

function mapValues<From, To>(
  values: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
