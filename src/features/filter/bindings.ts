import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { Filter, Filters } from './filters.ts';
import { FILTER_INPUT_PLACE, FILTER_OUTPUT_PLACE } from './layout.ts';

/** What of an interface a list is for: what it receives, or what it sends. */
export type Way = 'in' | 'out';

/** A list at an interface. */
export interface Binding {
  readonly filter: Filter;
  readonly iface: Interface;
  readonly way: Way;
}

const stages = { in: 'filter-input', out: 'filter-output' } as const;

/** Which interface has which lists: the one writer of that table. */
export class Bindings {
  readonly #filters: Filters;
  readonly #interfaces: Interfaces;
  /** Numbers of lists by interface. */
  readonly #bound = new Map<number, Readonly<Record<Way, number>>>();

  constructor(filters: Filters, interfaces: Interfaces) {
    this.#filters = filters;
    this.#interfaces = interfaces;
    interfaces.defineStep({ way: 'input', place: FILTER_INPUT_PLACE, stage: stages.in });
    interfaces.defineStep({ way: 'output', place: FILTER_OUTPUT_PLACE, stage: stages.out });
    interfaces.listen({ removing: ({ id }) => this.#forget(id) });
  }

  /** How all are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['FILTER_BINDINGS'],
      write: () => {
        for (const id of this.#bound.keys()) this.#write(id);
      },
    };
  }

  /** All of them, by interface. */
  get list(): readonly Binding[] {
    return [...this.#bound.keys()].flatMap((id) => {
      const iface = this.#interfaces.find(id);
      return iface ? ways.flatMap((way) => this.at(iface, way) ?? []) : [];
    });
  }

  /** The list of an interface. */
  at(iface: Interface, way: Way): Binding | undefined {
    const filter = this.#filters.withId(this.#bound.get(iface.id)?.[way] ?? 0);
    return filter && { filter, iface, way };
  }

  /** Gives an interface a list in place of the one that it has. @throws ApiError ENODEV, ENOENT, EOPNOTSUPP, ENOMEM */
  bind(name: string, ifaceName: string, way: Way): void {
    const doing = `bind filter ${name} to ${ifaceName}`;
    const filter = this.#filters.named(doing, name);
    const iface = this.#interfaces.named(doing, ifaceName);
    if (iface.outputStage === undefined) {
      const received = `${iface.name}, a ${iface.type}`;
      throw new ApiError('EOPNOTSUPP', { doing, expected: 'an interface that sends frames', received });
    }
    this.#filters.use(doing, filter);
    this.#set(iface.id, way, filter.id);
    this.#interfaces.useStep(iface.id, stages[way], true);
  }

  /** Takes the list of an interface from it. @throws ApiError ENODEV, ENOENT */
  unbind(ifaceName: string, way: Way): void {
    const doing = `unbind the filter of ${ifaceName}`;
    const iface = this.#interfaces.named(doing, ifaceName);
    const binding = this.at(iface, way);
    if (!binding)
      throw new ApiError('ENOENT', {
        doing,
        expected: `an interface with a filter ${way}`,
        received: iface.name,
      });
    this.#interfaces.useStep(iface.id, stages[way], false);
    this.#set(iface.id, way, 0);
    this.#release(binding.filter);
  }

  /** Removes a list. @throws ApiError ENOENT, EBUSY */
  remove(name: string): void {
    const doing = `delete filter ${name}`;
    const filter = this.#filters.named(doing, name);
    const users = this.list.filter((binding) => binding.filter.id === filter.id);
    if (users.length > 0)
      throw new ApiError('EBUSY', {
        doing,
        expected: 'a filter that is at no interface',
        received: `one that is at ${users.map(({ iface, way }) => `${iface.name} ${way}`).join(', ')}`,
      });
    this.#filters.remove(filter);
  }

  #set(id: number, way: Way, list: number): void {
    const now = { in: 0, out: 0, ...this.#bound.get(id), [way]: list };
    if (now.in || now.out) this.#bound.set(id, now);
    else this.#bound.delete(id);
    this.#write(id);
  }

  #write(id: number): void {
    const { in: into, out } = this.#bound.get(id) ?? { in: 0, out: 0 };
    this.#filters.lists.functions.setFilterBinding(id, into, out);
  }

  #forget(id: number): void {
    const had = this.#bound.get(id);
    if (!had) return;
    this.#bound.delete(id);
    this.#write(id);
    for (const way of ways) {
      const filter = this.#filters.withId(had[way]);
      if (filter) this.#release(filter);
    }
  }

  /** A list that is at no interface takes no memory but its rules. */
  #release({ id }: Filter): void {
    if (![...this.#bound.values()].some((lists) => lists.in === id || lists.out === id))
      this.#filters.lists.hide(id);
  }
}

const ways: readonly Way[] = ['in', 'out'];
