import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { type Interfaces, StepBindings, type Way } from '../interface/index.ts';
import { MAX_POLICERS, POLICE_INPUT_PLACE, POLICE_OUTPUT_PLACE } from './layout.ts';
import type { Limit, Policer } from './limit.ts';
import { checkLimit } from './limits.ts';
import { type PolicerRouter, PolicerTable } from './policer-table.ts';

/** All rate limits, and which interface has which: their one keeper. */
export class Policers {
  readonly table: PolicerTable;
  readonly #quiet: () => Promise<void>;
  readonly #at: StepBindings;
  readonly #byName = new Map<string, Policer>();
  /** Where else rate limits are. */
  readonly #uses: ((policer: Policer) => readonly string[])[] = [];
  readonly #free: number[] = [];
  #next = 1;

  constructor(router: PolicerRouter & { quiet(): Promise<void> }, interfaces: Interfaces) {
    this.table = new PolicerTable(router);
    this.#quiet = () => router.quiet();
    this.#at = new StepBindings(interfaces, {
      what: 'rate limit',
      steps: {
        in: { stage: 'police-input', place: POLICE_INPUT_PLACE },
        out: { stage: 'police-output', place: POLICE_OUTPUT_PLACE },
      },
      write: (iface, into, out) => this.table.bind(iface, into, out),
    });
  }

  /** How all are written again for a build that has them elsewhere; buckets begin full. */
  get rewrite(): Rewrite {
    return {
      tables: ['POLICERS', 'POLICE_BINDINGS'],
      write: () => {
        for (const { id, limit } of this.#byName.values()) this.table.write(id, limit);
        this.#at.writeAll();
      },
    };
  }

  /** All of them in the order of their names. */
  get list(): readonly Policer[] {
    return [...this.#byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws ApiError ENOENT */
  named(doing: string, name: string): Policer {
    const found = this.#byName.get(name);
    if (found) return found;
    const expected = 'the name of a rate limit';
    throw new ApiError('ENOENT', { doing, expected, received: JSON.stringify(name) });
  }

  /** @throws ApiError EEXIST, ERANGE, ENOSPC */
  add(name: string, limit: Limit): void {
    const doing = `add rate limit ${name}`;
    checkLimit(doing, limit);
    if (this.#byName.has(name))
      throw new ApiError('EEXIST', { doing, expected: 'a name that is not taken', received: name });
    const id = this.#free.shift() ?? this.#next++;
    if (id >= MAX_POLICERS) {
      this.#next--;
      const expected = `at most ${MAX_POLICERS - 1} rate limits`;
      throw new ApiError('ENOSPC', { doing, expected, received: 'one more' });
    }
    this.table.clear(id);
    this.table.write(id, limit);
    this.#byName.set(name, { name, id, limit });
  }

  /** Changes a rate limit while packets meet it. @throws ApiError ENOENT, ERANGE */
  set(name: string, limit: Limit): void {
    const doing = `set rate limit ${name}`;
    const before = this.named(doing, name);
    checkLimit(doing, limit);
    this.table.write(before.id, limit);
    this.#byName.set(name, { ...before, limit });
  }

  /** @throws ApiError ENOENT, EBUSY */
  remove(name: string): void {
    const doing = `delete rate limit ${name}`;
    const policer = this.named(doing, name);
    const places = this.placesOf(policer);
    if (places.length > 0)
      throw new ApiError('EBUSY', {
        doing,
        expected: 'a rate limit that is nowhere in use',
        received: `one that is at ${places.join(', ')}`,
      });
    this.#byName.delete(name);
    this.#quiet().then(
      () => this.#free.push(policer.id),
      () => undefined,
    );
  }

  /** Lets somebody else use rate limits by their numbers, who says where: they stay while they are anywhere. */
  defineUse(placesOf: (policer: Policer) => readonly string[]): void {
    this.#uses.push(placesOf);
  }

  /** Where a rate limit is, such as "p0 in". */
  placesOf(policer: Policer): readonly string[] {
    return [...this.#at.placesOf(policer.id), ...this.#uses.flatMap((placesAt) => placesAt(policer))];
  }

  /** Holds an interface to a rate limit, in place of the one that it has. @throws ApiError ENOENT, ENODEV, EOPNOTSUPP */
  bind(name: string, ifaceName: string, way: Way): void {
    const doing = `bind rate limit ${name} to ${ifaceName}`;
    const policer = this.named(doing, name);
    this.#at.bind(this.#at.taker(doing, ifaceName), way, policer.id);
  }

  /** @throws ApiError ENODEV, ENOENT */
  unbind(ifaceName: string, way: Way): void {
    this.#at.unbind(`unbind the rate limit of ${ifaceName}`, ifaceName, way);
  }
}
