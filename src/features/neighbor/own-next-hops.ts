import { ApiError } from '../../engine/api-error.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { NextHop } from './next-hop.ts';
import type { NextHops } from './next-hops.ts';

/** Next hops that are a feature's own, such as tunnels, with what it keeps of each. */
export interface Owned<Kept> {
  /** What errors call one of them. */
  readonly what: string;
  /** Tells whether a next hop is still the one of which this is kept. */
  isStill(nextHop: NextHop, kept: Kept): boolean;
  /** Tells whether it cannot do without an interface; a VRF's own interface stands for the VRF. */
  needs(kept: Kept, iface: Interface): boolean;
  /** Lets go of what a next hop had that is removed, or another now. */
  gone(kept: Kept): void;
}

/** Tells whether an interface is that of a VRF. */
export function isVrf(iface: Interface, vrf: number): boolean {
  return iface.type === 'vrf' && iface.vrf === vrf;
}

/** What is needed of the features below. */
export interface OwnedParts {
  readonly nextHops: Pick<NextHops, 'find' | 'listen'>;
  readonly interfaces: Pick<Interfaces, 'listen'>;
}

/** What a feature keeps of its own next hops, by their indices: as long as these are what they were. */
export class OwnNextHops<Kept> {
  readonly #nextHops: OwnedParts['nextHops'];
  readonly #owned: Owned<Kept>;
  readonly #byIndex = new Map<number, Kept>();

  constructor({ nextHops, interfaces }: OwnedParts, owned: Owned<Kept>) {
    this.#nextHops = nextHops;
    this.#owned = owned;
    nextHops.listen({
      changed: (before) => this.#onChanged(before.index),
      removing: ({ index }) => this.#forget(index),
    });
    interfaces.listen({
      checkRemoval: (iface) => this.#checkNotNeeded('delete', iface),
      checkBound: (iface) => this.#checkNotNeeded('bind', iface),
    });
  }

  get size(): number {
    return this.#byIndex.size;
  }

  /** What is kept, by index. */
  get all(): ReadonlyMap<number, Kept> {
    return this.#byIndex;
  }

  /** All with their next hops, in the order of their making. */
  get list(): readonly (readonly [NextHop, Kept])[] {
    return [...this.#byIndex].flatMap(([index, kept]) => {
      const nextHop = this.#nextHops.find(index);
      return nextHop && this.#owned.isStill(nextHop, kept) ? [[nextHop, kept] as const] : [];
    });
  }

  /** Keeps something of a next hop that was added; what was kept of it before is gone. */
  add(index: number, kept: Kept): void {
    this.#forget(index);
    this.#byIndex.set(index, kept);
  }

  /** Keeps something else of a next hop; what was kept before is the caller's. */
  replace(index: number, kept: Kept): void {
    this.#byIndex.set(index, kept);
  }

  /** Lets go of what is another next hop now, once nobody can refuse the change any more. */
  #onChanged(index: number): void {
    if (!this.#byIndex.has(index)) return;
    queueMicrotask(() => {
      const kept = this.#byIndex.get(index);
      const nextHop = this.#nextHops.find(index);
      if (kept !== undefined && !(nextHop && this.#owned.isStill(nextHop, kept))) this.#forget(index);
    });
  }

  #forget(index: number): void {
    const kept = this.#byIndex.get(index);
    if (kept === undefined) return;
    this.#byIndex.delete(index);
    this.#owned.gone(kept);
  }

  /** An interface stays as it is while any needs it. @throws ApiError EBUSY */
  #checkNotNeeded(doing: string, iface: Interface): void {
    const ids = this.list.filter(([, kept]) => this.#owned.needs(kept, iface)).map(([{ id }]) => id);
    if (ids.length === 0) return;
    throw new ApiError('EBUSY', {
      doing: `${doing} ${iface.type === 'vrf' ? 'vrf' : 'interface'} ${iface.name}`,
      expected: `one that no ${this.#owned.what} goes through`,
      received: `one that next hop ${ids.slice(0, IDS_SHOWN).join(', ')} goes through`,
    });
  }
}

const IDS_SHOWN = 5;
