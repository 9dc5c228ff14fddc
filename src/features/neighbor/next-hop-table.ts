import { ApiError } from '../../engine/api-error.ts';
import type { IpAddress } from '../../net/address.ts';
import { interfaceOf, isNeighbor, type NeighborHop, type NextHop } from './next-hop.ts';

/** Gives out the indices that routes hold. */
export interface IndexSource {
  take(): number | undefined;
  retire(index: number): void;
}

/** Who wants to know of next hops. */
export interface NextHopListener {
  added?(nextHop: NextHop): void;
  changed?(before: NextHop, after: NextHop): void;
  /** Told before it happens: who still uses it lets go. */
  removing?(nextHop: NextHop): void;
}

/** All next hops: who they are and how many use them. */
export class NextHopTable {
  readonly #indices: IndexSource;
  readonly #listeners: NextHopListener[] = [];
  readonly #all = new Map<number, NextHop>();
  readonly #byId = new Map<number, number>();
  readonly #byNeighbor = new Map<string, number>();
  readonly #byInterface = new Map<number, Set<number>>();
  readonly #users = new Map<number, number>();
  #lastId = 0;
  /** The largest number of next hops. */
  max: number;

  constructor(indices: IndexSource, max: number) {
    this.#indices = indices;
    this.max = max;
  }

  /** Listens from now on. Listeners are told in the order they came, of removals in reverse. */
  listen(listener: NextHopListener): void {
    this.#listeners.push(listener);
  }

  get size(): number {
    return this.#all.size;
  }

  /** All next hops, in the order of their making. */
  get all(): Iterable<NextHop> {
    return this.#all.values();
  }

  find(index: number): NextHop | undefined {
    return this.#all.get(index);
  }

  findId(id: number): NextHop | undefined {
    const index = this.#byId.get(id);
    return index === undefined ? undefined : this.#all.get(index);
  }

  /** The neighbour with an address on an interface. */
  findNeighbor(iface: number, address: IpAddress): NeighborHop | undefined {
    const found = this.#all.get(this.#byNeighbor.get(neighborKey(iface, address)) ?? 0);
    return found && isNeighbor(found) ? found : undefined;
  }

  /** The next hops that lead to an interface. */
  ofInterface(iface: number): readonly NextHop[] {
    const indices = [...(this.#byInterface.get(iface) ?? [])];
    return indices.flatMap((index) => this.#all.get(index) ?? []);
  }

  /** A number that no next hop has yet. */
  freeId(): number {
    do this.#lastId = (this.#lastId % MAX_ID) + 1;
    while (this.#byId.has(this.#lastId));
    return this.#lastId;
  }

  /** Adds a next hop that nobody uses yet. @throws ApiError ENOSPC */
  add(doing: string, fields: Omit<NextHop, 'index'>): NextHop {
    const index = this.size < this.max ? this.#indices.take() : undefined;
    if (index === undefined) {
      throw new ApiError('ENOSPC', {
        doing,
        expected: `at most ${this.max} next hops`,
        received: 'one more',
      });
    }
    const nextHop: NextHop = { ...fields, index };
    this.#link(nextHop);
    try {
      for (const listener of this.#listeners) listener.added?.(nextHop);
    } catch (error) {
      this.remove(nextHop);
      throw error;
    }
    return nextHop;
  }

  /** Changes a next hop in its place: routes that hold its index follow. @throws what a listener throws, and it stays as it was */
  change(before: NextHop, fields: Omit<NextHop, 'index'>): NextHop {
    const after: NextHop = { ...fields, index: before.index };
    try {
      this.#exchange(before, after);
    } catch (error) {
      this.#exchange(after, before);
      throw error;
    }
    return after;
  }

  #exchange(before: NextHop, after: NextHop): void {
    this.#unlink(before);
    this.#link(after);
    for (const listener of this.#listeners) listener.changed?.(before, after);
  }

  /** Removes a next hop; whoever still uses it has to let go when it is told. */
  remove(nextHop: NextHop): void {
    for (const listener of [...this.#listeners].reverse()) listener.removing?.(nextHop);
    this.#unlink(nextHop);
    this.#users.delete(nextHop.index);
    this.#indices.retire(nextHop.index);
  }

  /** How many use a next hop. */
  users(index: number): number {
    return this.#users.get(index) ?? 0;
  }

  /** Counts users of a next hop, or takes them back by a negative number. */
  use(index: number, count: number): void {
    const users = this.users(index) + count;
    if (users < 0) throw new RangeError(`next hop ${index}: ${-users} more users left than there were`);
    if (users === 0) this.#users.delete(index);
    else this.#users.set(index, users);
  }

  #link(nextHop: NextHop): void {
    this.#all.set(nextHop.index, nextHop);
    if (nextHop.id > 0) this.#byId.set(nextHop.id, nextHop.index);
    const iface = interfaceOf(nextHop);
    if (iface > 0) {
      const indices = this.#byInterface.get(iface) ?? new Set();
      this.#byInterface.set(iface, indices.add(nextHop.index));
    }
    if (isNeighbor(nextHop)) this.#byNeighbor.set(keyOf(nextHop), nextHop.index);
  }

  #unlink(nextHop: NextHop): void {
    this.#all.delete(nextHop.index);
    if (nextHop.id > 0) this.#byId.delete(nextHop.id);
    this.#byInterface.get(interfaceOf(nextHop))?.delete(nextHop.index);
    if (isNeighbor(nextHop)) this.#byNeighbor.delete(keyOf(nextHop));
  }
}

const MAX_ID = 0xffffffff;

function keyOf({ target }: NeighborHop): string {
  return neighborKey(target.iface, target.address);
}

function neighborKey(iface: number, address: IpAddress): string {
  return `${iface} ${address.family} ${address.value}`;
}
