import type { Policers } from '../police/index.ts';
import type { Rule } from './rule.ts';

/** Who knows rate limits by name, and asks where they are. */
export type LimitNames = Pick<Policers, 'named' | 'defineUse'>;

/** A list, as far as it can have rate limits. */
interface List {
  readonly name: string;
  readonly rules: readonly Rule[];
}

/** The rate limits that rules have. */
export class RateLimits {
  readonly #limits: LimitNames;
  readonly #lists: () => readonly List[];
  /** Where each is, by its name; made when somebody asks. */
  #places: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(limits: LimitNames, lists: () => readonly List[]) {
    this.#limits = limits;
    this.#lists = lists;
    limits.defineUse(({ name }) => this.#placesByName().get(name) ?? []);
  }

  /** Says that rules have changed. */
  changed(): void {
    this.#places = undefined;
  }

  /** @throws ApiError ENOENT */
  check(doing: string, rules: readonly Rule[]): void {
    for (const rule of rules) this.numberOf(doing, rule);
  }

  /** The number of a rule's rate limit, zero for none. @throws ApiError ENOENT */
  numberOf(doing: string, { limit }: Rule): number {
    return limit === undefined ? 0 : this.#limits.named(doing, limit).id;
  }

  #placesByName(): ReadonlyMap<string, readonly string[]> {
    this.#places ??= placesIn(this.#lists());
    return this.#places;
  }
}

function placesIn(lists: readonly List[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  for (const { name, rules } of lists) {
    for (const { limit, index } of rules) {
      if (limit === undefined) continue;
      const known = places.get(limit) ?? [];
      known.push(`filter ${name} rule ${index}`);
      places.set(limit, known);
    }
  }
  return places;
}
