import { reasonOf } from './bench-error.ts';
import type { Log } from './peer.ts';

/** Something measured in turn with others. */
export interface Contender {
  readonly name: string;
  readonly measure: () => Promise<number>;
}

/** The same when one measurement gives several figures. */
export interface ManyContender<Figure extends string> {
  readonly name: string;
  readonly measure: () => Promise<Readonly<Record<Figure, number>>>;
}

/** The values of each contender, and why a contender has none. */
export interface Measured {
  readonly runs: Readonly<Record<string, readonly number[]>>;
  readonly skipped: Readonly<Record<string, string>>;
}

interface Rounds {
  readonly rounds: number;
  readonly log: Log;
}

/**
 * Measures all contenders in turn, round after round, so that a machine that grows slow is slow for all.
 * A contender that fails is left out from then on; the others go on.
 */
export async function interleave(
  options: Rounds & { readonly contenders: readonly Contender[]; readonly unit: string },
): Promise<Measured> {
  const contenders = options.contenders.map(({ name, measure }) => ({
    name,
    measure: async () => ({ '': await measure() }),
  }));
  return (await interleaveMany({ ...options, contenders, units: { '': options.unit } }))[''];
}

/** The same with several figures of each contender, by the name of the figure. */
export async function interleaveMany<Figure extends string>(
  options: Rounds & {
    readonly contenders: readonly ManyContender<Figure>[];
    readonly units: Readonly<Record<Figure, string>>;
  },
): Promise<Readonly<Record<Figure, Measured>>> {
  const { rounds, units, log } = options;
  const values = new Map<string, Readonly<Record<Figure, number>>[]>();
  const skipped = new Map<string, string>();
  for (let round = 1; round <= rounds; round++) {
    for (const { name, measure } of options.contenders) {
      if (skipped.has(name)) continue;
      try {
        const figures = await measure();
        values.set(name, [...(values.get(name) ?? []), figures]);
        log(`run ${round}/${rounds}: ${name} ${described(figures, units)}`);
      } catch (error) {
        skipped.set(name, reasonOf(error));
        log(`run ${round}/${rounds}: ${name} is left out: ${reasonOf(error)}`);
      }
    }
  }
  for (const name of skipped.keys()) values.delete(name); // half a row would be compared with whole ones
  return mapFigures(units, (figure) => ({
    runs: Object.fromEntries([...values].map(([name, all]) => [name, all.map((each) => each[figure])])),
    skipped: Object.fromEntries(skipped),
  }));
}

function described<Figure extends string>(
  figures: Readonly<Record<Figure, number>>,
  units: Readonly<Record<Figure, string>>,
): string {
  const texts = mapFigures(units, (name) => `${name} ${figures[name].toPrecision(4)} ${units[name]}`.trim());
  return Object.values(texts).join(', ');
}

function mapFigures<Figure extends string, To>(
  units: Readonly<Record<Figure, string>>,
  change: (figure: Figure) => To,
): Readonly<Record<Figure, To>> {
  const names = Object.keys(units) as Figure[];
  return Object.fromEntries(names.map((name) => [name, change(name)])) as Record<Figure, To>;
}
