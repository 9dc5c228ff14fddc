import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite } from '../../engine/host/rewrites.ts';
import { type Interface, type Interfaces, StepBindings, type Way } from '../interface/index.ts';
import type { Filter, Filters } from './filters.ts';
import { FILTER_INPUT_PLACE, FILTER_OUTPUT_PLACE } from './layout.ts';

/** A list at an interface. */
export interface Binding {
  readonly filter: Filter;
  readonly iface: Interface;
  readonly way: Way;
}

/** Which interface has which lists. */
export class Bindings {
  readonly #filters: Filters;
  readonly #at: StepBindings;

  constructor(filters: Filters, interfaces: Interfaces) {
    this.#filters = filters;
    this.#at = new StepBindings(interfaces, {
      what: 'filter',
      steps: {
        in: { stage: 'filter-input', place: FILTER_INPUT_PLACE },
        out: { stage: 'filter-output', place: FILTER_OUTPUT_PLACE },
      },
      write: (iface, into, out) => filters.lists.functions.setFilterBinding(iface, into, out),
      // A list that is at no interface takes no memory but its rules.
      released: (id) => filters.lists.hide(id),
    });
  }

  /** How all are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return { tables: ['FILTER_BINDINGS'], write: () => this.#at.writeAll() };
  }

  /** All of them, by interface. */
  get list(): readonly Binding[] {
    return this.#at.list.flatMap(({ iface, way }) => this.at(iface, way) ?? []);
  }

  /** The list of an interface. */
  at(iface: Interface, way: Way): Binding | undefined {
    const filter = this.#filters.withId(this.#at.at(iface, way));
    return filter && { filter, iface, way };
  }

  /** Gives an interface a list in place of the one that it has. @throws ApiError ENODEV, ENOENT, EOPNOTSUPP, ENOMEM */
  bind(name: string, ifaceName: string, way: Way): void {
    const doing = `bind filter ${name} to ${ifaceName}`;
    const filter = this.#filters.named(doing, name);
    const iface = this.#at.taker(doing, ifaceName);
    this.#filters.use(doing, filter);
    this.#at.bind(iface, way, filter.id);
  }

  /** Takes the list of an interface from it. @throws ApiError ENODEV, ENOENT */
  unbind(ifaceName: string, way: Way): void {
    this.#at.unbind(`unbind the filter of ${ifaceName}`, ifaceName, way);
  }

  /** Removes a list. @throws ApiError ENOENT, EBUSY */
  remove(name: string): void {
    const doing = `delete filter ${name}`;
    const filter = this.#filters.named(doing, name);
    const places = this.#at.placesOf(filter.id);
    if (places.length > 0)
      throw new ApiError('EBUSY', {
        doing,
        expected: 'a filter that is at no interface',
        received: `one that is at ${places.join(', ')}`,
      });
    this.#filters.remove(filter);
  }
}
