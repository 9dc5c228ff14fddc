import type { Interface } from './interface.ts';
import type { InterfaceType } from './interface-type.ts';

/** Which interfaces receive what is for other stations, too: for their users, for what they are bound to, or for others. */
export class Promiscuity {
  readonly #types: ReadonlyMap<string, InterfaceType>;
  /** Who needs it, by id. */
  readonly #needs = new Map<number, Set<string>>();

  constructor(types: ReadonlyMap<string, InterfaceType>) {
    this.#types = types;
  }

  of({ id, promisc, domain }: Interface): boolean {
    return promisc || domain !== 0 || (this.#needs.get(id)?.size ?? 0) > 0;
  }

  /** Says who needs it, or does not any more. */
  need(iface: Interface, who: string, needed: boolean): void {
    const before = this.of(iface);
    const needs = this.#needs.get(iface.id) ?? new Set();
    this.#needs.set(iface.id, needs);
    if (needed) needs.add(who);
    else needs.delete(who);
    this.tell(iface, before);
  }

  /** Tells the device when what it has to receive is not what it was. */
  tell(iface: Interface, before: boolean): void {
    const all = this.of(iface);
    if (all !== before) this.#types.get(iface.type)?.receiveAll?.(iface, all);
  }

  forget(id: number): void {
    this.#needs.delete(id);
  }
}
