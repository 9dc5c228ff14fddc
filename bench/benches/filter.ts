import type { Bench } from '../bench.ts';
import { compare } from '../compare.ts';
import { filtering } from '../overlays/filter.ts';
import { plainRouting } from '../overlays/routing.ts';
import { turnAt } from '../overlays/task-turns.ts';
import { millracePolling } from '../peers/millrace.ts';

const oneRule = 'one-rule';

/** What a list of many rules costs beside one of a single rule. */
export const filter: Bench = {
  name: 'filter',
  about: '`forward` behind a filter of 10,000 rules, and of one',
  run: (settings) =>
    compare(settings, {
      bench: 'filter',
      about: '`forward` behind a filter of 10,000 random rules, one core',
      turns: [
        turnAt(filtering(10_000), millracePolling),
        turnAt(filtering(1), millracePolling, oneRule),
        turnAt(plainRouting(), millracePolling, 'no-filter'),
      ],
      goals: [{ ratioTo: oneRule, atLeast: 0.5, must: 0.5 }],
      note: `"${oneRule}" has a list of a single rule, "no-filter" none. Rules are about the addresses that packets go to, their protocol and mostly ports.`,
    }),
};
