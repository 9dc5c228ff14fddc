import { ApiError } from '../../engine/api-error.ts';
import { CompiledLists, type CompiledRouter } from './compiled-lists.ts';
import { MAX_FILTERS } from './layout.ts';
import { type Count, Places } from './places.ts';
import { type LimitNames, RateLimits } from './rate-limits.ts';
import type { Action, Rule } from './rule.ts';

/** A list: rules in the order of their indexes, and what becomes of packets that meet none. */
export interface Filter {
  readonly name: string;
  readonly id: number;
  readonly other: Action;
  readonly rules: readonly Rule[];
}

/** Most rules of one list. */
export const MAX_RULES = 16384;
/** Rules that come without an index are that far apart, so that others find room between. */
const INDEX_STEP = 10;
const LAST_INDEX = 0xfffffff;
/** The key of what met no rule, beside rules' own. */
const OTHER = 'other';

/** All lists: their one keeper. */
export class Filters {
  readonly lists: CompiledLists;
  readonly #limits: RateLimits;
  readonly #places: Places;
  readonly #byName = new Map<string, Filter>();
  /** Where the rules of each list are counted, by what they say. */
  readonly #placesOf = new Map<number, Map<string, number>>();
  readonly #freeIds: number[] = [];
  #nextId = 1;

  constructor(router: CompiledRouter & ConstructorParameters<typeof Places>[0], limits: LimitNames) {
    this.lists = new CompiledLists(router);
    this.#limits = new RateLimits(limits, () => this.all);
    this.#places = new Places(router);
  }

  /** All lists in the order of their names. */
  get all(): readonly Filter[] {
    return [...this.#byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws ApiError ENOENT */
  named(doing: string, name: string): Filter {
    const found = this.#byName.get(name);
    if (found) return found;
    throw new ApiError('ENOENT', {
      doing,
      expected: 'the name of a filter',
      received: JSON.stringify(name),
    });
  }

  withId(id: number): Filter | undefined {
    return [...this.#byName.values()].find((filter) => filter.id === id);
  }

  /** Adds a rule, at the end where it has no index; the first one makes the list. @throws ApiError EEXIST, ENOSPC, ENOMEM */
  add(name: string, rule: Omit<Rule, 'index'> & { readonly index?: number | undefined }): number {
    const doing = `add a rule to filter ${name}`;
    const before = this.#byName.get(name) ?? this.#fresh(doing, name);
    const index = rule.index ?? (before.rules.at(-1)?.index ?? 0) + INDEX_STEP;
    const at = placeFor(before.rules, index);
    if (before.rules[at]?.index === index)
      throw new ApiError('EEXIST', {
        doing,
        expected: 'an index that no rule has',
        received: String(index),
      });
    const added = { ...rule, index };
    this.#put(doing, { ...before, rules: before.rules.toSpliced(at, 0, added) }, { added: [added] });
    return index;
  }

  /** Removes a rule; a list may be left without any. @throws ApiError ENOENT */
  removeRule(name: string, index: number): void {
    const doing = `delete rule ${index} of filter ${name}`;
    const before = this.named(doing, name);
    const at = placeFor(before.rules, index);
    const [removed] = before.rules.slice(at, at + 1);
    if (removed?.index !== index)
      throw new ApiError('ENOENT', { doing, expected: 'the index of a rule', received: String(index) });
    this.#put(doing, { ...before, rules: before.rules.toSpliced(at, 1) }, { removed: [removed] });
  }

  /** Removes a list that is at no interface. */
  remove({ name, id }: Filter): void {
    this.lists.hide(id);
    this.#places.give([...(this.#placesOf.get(id)?.values() ?? [])]);
    this.#placesOf.delete(id);
    this.#byName.delete(name);
    this.#limits.changed();
    this.#freeIds.push(id);
  }

  /** Changes a list in one step, and makes it where there is none. @throws ApiError EINVAL, ENOSPC, ENOMEM */
  set(
    name: string,
    wanted: { readonly other?: Action | undefined; readonly rules?: readonly Rule[] | undefined },
  ): void {
    const doing = `set filter ${name}`;
    const before = this.#byName.get(name) ?? this.#fresh(doing, name);
    const rules = sorted(wanted.rules ?? before.rules);
    for (const [i, { index }] of rules.entries())
      if (rules[i + 1]?.index === index)
        throw new ApiError('EINVAL', { doing, expected: 'indexes that differ', received: `${index} twice` });
    const stay = new Set(rules.map(keyOf));
    const removed = before.rules.filter((rule) => !stay.has(keyOf(rule)));
    this.#put(doing, { ...before, other: wanted.other ?? before.other, rules }, { added: rules, removed });
  }

  /** Has a list compared with packets from now on. @throws ApiError ENOMEM */
  use(doing: string, filter: Filter): void {
    if (!this.lists.has(filter.id)) this.#show(doing, filter, this.#placesOf.get(filter.id) ?? new Map());
  }

  /** What has met a rule, and what has met none where no rule is said. */
  count(filter: Filter, rule?: Rule): Count {
    const place = this.#placesOf.get(filter.id)?.get(keyOf(rule));
    return place === undefined ? { packets: 0n, bytes: 0n } : this.#places.of(place);
  }

  #fresh(doing: string, name: string): Filter {
    const id = this.#freeIds[0] ?? this.#nextId;
    if (id >= MAX_FILTERS)
      throw new ApiError('ENOSPC', {
        doing,
        expected: `at most ${MAX_FILTERS - 1} filters`,
        received: 'one more',
      });
    return { name, id, other: 'deny', rules: [] };
  }

  /** Takes a changed list over, or leaves all as it was. Rules that stay go on being counted where they were. */
  #put(doing: string, filter: Filter, { added = [], removed = [] }: Change): void {
    const places = this.#placesOf.get(filter.id) ?? new Map<string, number>();
    const fresh = [OTHER, ...added.map(keyOf)].filter((key) => !places.has(key));
    this.#check(doing, filter, added, fresh.length);
    for (const key of fresh) places.set(key, this.#places.take());
    try {
      if (this.lists.has(filter.id)) this.#show(doing, filter, places);
    } catch (error) {
      this.#give(places, fresh);
      throw error;
    }
    this.#keep(filter);
    this.#placesOf.set(filter.id, places);
    this.#give(places, removed.map(keyOf));
  }

  #give(places: Map<string, number>, keys: readonly string[]): void {
    this.#places.give(keys.flatMap((key) => places.get(key) ?? []));
    for (const key of keys) places.delete(key);
  }

  #keep(filter: Filter): void {
    if (!this.#byName.has(filter.name) && this.#freeIds.shift() === undefined) this.#nextId++;
    this.#byName.set(filter.name, filter);
    this.#limits.changed();
  }

  #show(doing: string, { id, rules, other }: Filter, places: ReadonlyMap<string, number>): void {
    const placeOf = (rule?: Rule) => places.get(keyOf(rule)) ?? 0;
    this.lists.show(doing, id, {
      rules: rules.map((rule) => ({
        ...rule,
        place: placeOf(rule),
        policer: this.#limits.numberOf(doing, rule),
      })),
      other: { action: other, place: placeOf() },
    });
  }

  /** @throws ApiError ENOSPC, ERANGE, ENOENT */
  #check(doing: string, { rules }: Filter, added: readonly Rule[], more: number): void {
    if (rules.length > MAX_RULES)
      throw new ApiError('ENOSPC', {
        doing,
        expected: `at most ${MAX_RULES} rules`,
        received: String(rules.length),
      });
    for (const rule of added) checkIndex(doing, rule);
    this.#limits.check(doing, added);
    if (more > this.#places.left)
      throw new ApiError('ENOSPC', {
        doing,
        expected: `at most ${this.#places.left} rules more in all filters`,
        received: String(more),
      });
  }
}

/** What of a list is other than before. */
interface Change {
  readonly added?: readonly Rule[];
  readonly removed?: readonly Rule[];
}

function checkIndex(doing: string, { index }: Rule): void {
  if (index >= 1 && index <= LAST_INDEX) return;
  throw new ApiError('ERANGE', {
    doing,
    expected: `an index of 1 to ${LAST_INDEX}`,
    received: String(index),
  });
}

/** Where a rule with an index is among sorted ones, or would be. */
function placeFor(rules: readonly Rule[], index: number): number {
  let [low, high] = [0, rules.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rules[middle]?.index ?? 0) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sorted(rules: readonly Rule[]): readonly Rule[] {
  return rules.toSorted((left, right) => left.index - right.index);
}

/** What a rule says: one that says something else is another rule, and counts from zero. */
function keyOf(rule: Rule | undefined): string {
  if (!rule) return OTHER;
  const known = keys.get(rule);
  if (known !== undefined) return known;
  const key = JSON.stringify(rule, (_, value) => (typeof value === 'bigint' ? value.toString(16) : value));
  keys.set(rule, key);
  return key;
}

const keys = new WeakMap<Rule, string>();
