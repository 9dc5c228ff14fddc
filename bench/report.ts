import type { Goal, Result } from './bench.ts';
import type { Machine } from './machine.ts';
import { median, significant } from './statistics.ts';

/** What `--json` prints of one result, and what the tables are made from. */
export interface Report {
  /** The name of the benchmark that gave it, which may give several. */
  readonly from: string;
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

/** A goal and what came of it; null is "not measured". */
export interface GoalReport {
  readonly goal: string;
  /** What it must reach at least; the goal itself where nothing less will do. */
  readonly must: string;
  readonly reached: number | null;
  readonly met: boolean | null;
  readonly mustMet: boolean | null;
}

const self = 'millrace';

/** Sums the runs of a benchmark's result up. */
export function report(from: string, result: Result, machine: Machine): Report {
  const medians = mapValues(result.runs, (values) => significant(median(values)));
  const { [self]: own, ...peers } = medians;
  const millrace = own ?? null;
  const comparable = Object.fromEntries(Object.entries(peers).filter(([, value]) => value !== 0));
  const ratios = millrace === null ? {} : mapValues(comparable, (value) => significant(millrace / value, 3));
  return {
    from,
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
  const { ratioTo } = goal;
  const reached = (ratioTo === undefined ? millrace : ratios[ratioTo]) ?? null;
  const of = ratioTo === undefined ? unit : `× ${ratioTo}`;
  const [words, bound] =
    'atLeast' in goal ? (['at least', goal.atLeast] as const) : (['at most', goal.atMost] as const);
  const must = goal.must ?? bound;
  const holds = (limit: number | 'reported') => {
    if (reached === null) return null;
    if (limit === 'reported') return true;
    return 'atLeast' in goal ? reached >= limit : reached <= limit;
  };
  return {
    goal: `${words} ${bound} ${of}`,
    must: must === 'reported' ? must : `${words} ${must} ${of}`,
    reached,
    met: holds(bound),
    mustMet: holds(must),
  };
}

function mapValues<From, To>(
  values: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}
