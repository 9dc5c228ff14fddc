import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../../engine/api-error.ts';
import { type Interface, type Interfaces, MIN_MTU } from '../interface/index.ts';
import {
  addingNextHop,
  type Encapsulation,
  type NeighborFeature,
  type NextHop,
  type NextHops,
} from '../neighbor/index.ts';
import { checkPushed } from './label.ts';
import type { LabelStacks } from './label-stacks.ts';
import { checkStaysWay, checkWay, isWay, LARGEST, mtuOf } from './ways.ts';

/** A next hop that pushes labels, as a user wants it. */
export interface WantedMpls {
  readonly id?: number | undefined;
  readonly origin?: string | undefined;
  readonly labels: readonly number[];
  /** Id of the next hop that packets go to with their labels. */
  readonly via: number;
  readonly trafficClass?: number | undefined;
  readonly ttl?: number | undefined;
}

/** What next hops with labels need. */
export interface MplsNeeds {
  readonly interfaces: Pick<Interfaces, 'find' | 'listen'>;
  readonly neighbors: Pick<NeighborFeature, 'nextHops' | 'users'>;
  readonly stacks: LabelStacks;
}

/** The next hops that push labels. They follow the one behind them: its size, its VRF, its going and coming again. */
export class MplsNextHops {
  readonly #interfaces: MplsNeeds['interfaces'];
  readonly #neighbors: MplsNeeds['neighbors'];
  readonly #nextHops: NextHops;
  readonly #stacks: LabelStacks;
  /** The stack of each next hop that pushes labels: what is counted as used. */
  readonly #held = new Map<number, number>();
  /** Next hops that push labels, by the index of the one behind them. */
  readonly #followers = new Map<number, Set<number>>();
  /** Those whose next hop is gone, with the id that it had. */
  readonly #lost = new Map<number, number>();

  constructor({ interfaces, neighbors, stacks }: MplsNeeds) {
    this.#interfaces = interfaces;
    this.#neighbors = neighbors;
    this.#nextHops = neighbors.nextHops;
    this.#stacks = stacks;
    this.#nextHops.defineEncapsulation(MPLS, 'mpls-push');
    this.#nextHops.takeHeld(0x8847, 'mpls-output');
    this.#nextHops.nameUsers((index) => this.#usersOf(index));
    this.#nextHops.listen({
      added: (nextHop) => this.#onAdded(nextHop),
      changed: (_, after) => this.#onChanged(after),
      removing: (nextHop) => this.#onRemoving(nextHop),
    });
    interfaces.listen({ changed: (before, after) => this.#onInterface(before, after) });
  }

  /** Adds a next hop that pushes labels, or replaces the one with its id. @throws ApiError EINVAL, E2BIG, ENOENT, ELOOP, ENOSPC */
  add(wanted: WantedMpls): NextHop {
    const { id, origin = 'static', labels, trafficClass, ttl } = wanted;
    const doing = addingNextHop(id);
    checkPushed(doing, labels);
    checkRange(doing, 'traffic class', trafficClass, 0, 7);
    checkRange(doing, 'time to live', ttl, 1, 255);
    const via = this.#nextHops.withId(doing, wanted.via);
    if (via.id === id) throw loops(doing, via.id);
    checkWay(doing, this.#parts, via);
    const stack = this.#stacks.make(doing, { labels, via: via.index, trafficClass, ttl });
    try {
      return this.#neighbors.users.add({ id, origin, vrf: via.vrf, target: this.#targetOf(stack, via) });
    } finally {
      this.#stacks.release(stack); // from here on it is the next hop's
    }
  }

  get #parts() {
    return { nextHops: this.#nextHops, interfaces: this.#interfaces };
  }

  #targetOf(record: number, via: NextHop | undefined, viaId = via?.id): Encapsulation {
    const { labels = [], trafficClass, ttl } = this.#stacks.find(record) ?? {};
    const mtu = via ? this.#mtuBehind(via, labels.length) : LARGEST;
    const info = [
      `label=${labels.join(',')}`,
      `via=${viaId}${via ? '' : '(gone)'}`,
      ...(trafficClass === undefined ? [] : [`tc=${trafficClass}`]),
      ...(ttl === undefined ? [] : [`ttl=${ttl}`]),
    ];
    return { type: 'encapsulation', kind: MPLS, record, mtu, info };
  }

  /** Largest packet that fits behind so many labels; a tunnel takes all of IPv6 that must not be cut, and cuts its own. */
  #mtuBehind(via: NextHop, labels: number): number {
    const { target } = via;
    const isTunnel = target.type === 'encapsulation' && target.kind !== MPLS;
    return Math.max(isTunnel ? MIN_MTU : 0, mtuOf(this.#parts, via) - 4 * labels);
  }

  #onAdded(nextHop: NextHop): void {
    this.#hold(nextHop.index, recordOf(nextHop));
    for (const [index, viaId] of this.#lost) if (viaId === nextHop.id) this.#goBy(index, nextHop);
  }

  /** What it refuses is told once more the other way round, and finds held what it wants. */
  #onChanged(after: NextHop): void {
    checkStaysWay(this.#parts, after, this.#usersOf(after.index));
    if (this.#leadsTo(after, after.index)) throw loops(`change next hop ${after.id}`, after.id);
    this.#hold(after.index, recordOf(after));
    this.#tellFollowers(after.index);
  }

  #onRemoving(nextHop: NextHop): void {
    this.#hold(nextHop.index, 0);
    for (const index of [...(this.#followers.get(nextHop.index) ?? [])]) {
      this.#goBy(index, undefined);
      this.#lost.set(index, nextHop.id);
      this.#rewrite(index);
    }
  }

  /** An interface has another MTU, and so have those that lead there. */
  #onInterface(before: Interface, after: Interface): void {
    if (before.mtu === after.mtu) return;
    for (const via of this.#nextHops.table.ofInterface(after.id)) this.#tellFollowers(via.index);
  }

  /** Counts the stack of a next hop, and what is behind it, as used; zero: none any more. */
  #hold(index: number, record: number): void {
    const before = this.#held.get(index) ?? 0;
    if (record === before) return;
    this.#lost.delete(index);
    if (record !== 0) {
      this.#held.set(index, record);
      this.#stacks.use(record);
      this.#follow(index, this.#viaOf(record));
    }
    if (before === 0) return;
    if (record === 0) this.#held.delete(index);
    this.#unfollow(index, this.#viaOf(before));
    this.#stacks.release(before);
  }

  #viaOf(record: number): number {
    return this.#stacks.find(record)?.via ?? 0;
  }

  #follow(index: number, via: number): void {
    if (via === 0) return;
    const followers = this.#followers.get(via) ?? new Set();
    this.#followers.set(via, followers.add(index));
    this.#nextHops.use(via);
  }

  #unfollow(index: number, via: number): void {
    const followers = this.#followers.get(via);
    // One that has been replaced by another with the same next hop behind it follows that still.
    const follows = this.#viaOf(this.#held.get(index) ?? 0) === via;
    if (!follows) followers?.delete(index);
    if (followers?.size === 0) this.#followers.delete(via);
    this.#nextHops.unuse(via);
  }

  /** Lets a next hop go by another one, or by none until one with its id comes again. */
  #goBy(index: number, via: NextHop | undefined): void {
    const record = this.#held.get(index) ?? 0;
    if (record === 0 || (via && !isWay(this.#parts, via))) return;
    const before = this.#viaOf(record);
    this.#stacks.redirect(record, via?.index ?? 0);
    if (before !== 0) this.#unfollow(index, before);
    if (!via) return;
    this.#follow(index, via.index);
    this.#lost.delete(index);
    this.#rewrite(index);
  }

  /** Tells those that go by a next hop, straight or as a member of a group, that it has changed. */
  #tellFollowers(index: number): void {
    if (this.#followers.size === 0) return;
    const groups = this.#nextHops.groups.withMember(index);
    for (const way of [index, ...groups.map((group) => group.index)]) {
      for (const follower of [...(this.#followers.get(way) ?? [])]) this.#rewrite(follower);
    }
  }

  /** Writes a next hop anew when what follows from the one behind it is different now. */
  #rewrite(index: number): void {
    const nextHop = this.#nextHops.find(index);
    if (!nextHop || !isMpls(nextHop)) return;
    const via = this.#nextHops.find(this.#viaOf(recordOf(nextHop)));
    const target = this.#targetOf(recordOf(nextHop), via, via?.id ?? this.#lost.get(index));
    const vrf = via?.vrf ?? nextHop.vrf;
    if (vrf === nextHop.vrf && isDeepStrictEqual(target, nextHop.target)) return;
    this.#nextHops.table.change(nextHop, { ...nextHop, vrf, target });
  }

  /** Tells whether packets that take a next hop come to another one, which may be itself. */
  #leadsTo(nextHop: NextHop, index: number): boolean {
    return this.#behind(nextHop).some((next) => next === index || this.#leadsOn(next, index));
  }

  #leadsOn(next: number, index: number): boolean {
    const found = this.#nextHops.find(next);
    return found !== undefined && this.#leadsTo(found, index);
  }

  #behind(nextHop: NextHop): readonly number[] {
    if (isMpls(nextHop)) return [this.#viaOf(recordOf(nextHop))];
    return nextHop.target.type === 'group' ? [...nextHop.target.members.keys()] : [];
  }

  #usersOf(index: number): readonly string[] {
    return [...(this.#followers.get(index) ?? [])].map(
      (follower) => `next hop ${this.#nextHops.find(follower)?.id}`,
    );
  }
}

const MPLS = 'mpls';

/** Tells whether a next hop puts labels in front of packets. */
export function isMpls({ target }: NextHop): boolean {
  return target.type === 'encapsulation' && target.kind === MPLS;
}

/** The stack of labels of a next hop that pushes some, else zero. */
function recordOf({ target }: NextHop): number {
  return target.type === 'encapsulation' && target.kind === MPLS ? target.record : 0;
}

function loops(doing: string, id: number): ApiError {
  const expected = 'a next hop that does not lead to itself';
  return new ApiError('ELOOP', { doing, expected, received: `next hop ${id}` });
}

function checkRange(
  doing: string,
  what: string,
  value: number | undefined,
  least: number,
  most: number,
): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new ApiError('EINVAL', {
    doing,
    expected: `a ${what} from ${least} to ${most}`,
    received: String(value),
  });
}
