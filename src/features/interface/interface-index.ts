import { ApiError } from '../../engine/api-error.ts';
import type { Interface } from './interface.ts';
import { MAX_INTERFACES } from './layout.ts';

/** The interfaces that there are, by number and by name. */
export class InterfaceIndex {
  readonly #byId = new Map<number, Interface>();
  readonly #idOf = new Map<string, number>();
  readonly #idOfVrf = new Map<number, number>();
  /** Those that are being removed: nobody may begin anything with them. */
  readonly #leaving = new Set<number>();
  #lastId = 0;

  /** All, ordered by id. */
  get list(): readonly Interface[] {
    return [...this.#byId.values()];
  }

  find(id: number): Interface | undefined {
    return this.#byId.get(id);
  }

  findNamed(name: string): Interface | undefined {
    return this.#byId.get(this.#idOf.get(name) ?? 0);
  }

  /** Finds one by name that is not being removed. @throws ApiError ENODEV */
  named(doing: string, name: string, type?: string): Interface {
    const found = this.findNamed(name);
    if (found && !this.#leaving.has(found.id) && (type === undefined || found.type === type)) return found;
    const expected =
      type === undefined ? 'the name of an interface' : `the name of an interface of type ${type}`;
    throw new ApiError('ENODEV', { doing, expected, received: JSON.stringify(name) });
  }

  /** Name of a VRF by its number. */
  vrfName(vrf: number): string {
    return this.find(this.#idOfVrf.get(vrf) ?? 0)?.name ?? String(vrf);
  }

  /** Ids grow until they have to be used again, so that a counter or a trace never means two interfaces. @throws ApiError ENOSPC */
  newId(doing: string): number {
    for (let tries = 1; tries < MAX_INTERFACES; tries++) {
      this.#lastId = (this.#lastId % (MAX_INTERFACES - 1)) + 1;
      if (!this.#byId.has(this.#lastId) && !this.#leaving.has(this.#lastId)) return this.#lastId;
    }
    throw new ApiError('ENOSPC', {
      doing,
      expected: `at most ${MAX_INTERFACES - 1} interfaces`,
      received: 'one more',
    });
  }

  /** Adds one, or puts it in the place of what it was. */
  keep(iface: Interface): void {
    const before = this.#byId.get(iface.id);
    if (before) this.#idOf.delete(before.name);
    this.#byId.set(iface.id, iface);
    this.#idOf.set(iface.name, iface.id);
    if (iface.type === 'vrf') this.#idOfVrf.set(iface.vrf, iface.id);
  }

  /** Forgets one, but for its number while that is being removed. */
  forget({ id, name }: Interface): void {
    this.#byId.delete(id);
    this.#idOf.delete(name);
  }

  /** Says that one is being removed, or not any more. */
  setLeaving(id: number, isLeaving: boolean): void {
    if (isLeaving) this.#leaving.add(id);
    else this.#leaving.delete(id);
  }
}
