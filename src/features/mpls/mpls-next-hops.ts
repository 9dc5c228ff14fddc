import { isDeepStrictEqual } from 'node:util';
import { ApiError } from '../../engine/api-error.ts';
import type { Interface, Interfaces } from '../interface/index.ts';
import type { Encapsulation, NeighborFeature, NextHop, NextHops } from '../neighbor/index.ts';
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
  readonly interfaces: Interfaces;
  readonly neighbors: NeighborFeature;
  readonly stacks: LabelStacks;
}

/** The next hops that push labels. They follow the one behind them: its size, its VRF, its going and coming again. */
export class MplsNextHops {
  readonly #interfaces: Interfaces;
  readonly #neighbors: NeighborFeature;
  readonly #nextHops: NextHops;
  readonly #stacks: LabelStacks;
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
      changed: (before, after) => this.#onChanged(before, after),
      removing: (nextHop) => this.#onRemoving(nextHop),
    });
    interfaces.listen({ changed: (before, after) => this.#onInterface(before, after) });
  }

  /** Adds a next hop that pushes labels, or replaces the one with its id. @throws ApiError EINVAL, E2BIG, ENOENT, ELOOP, ENOSPC */
  add(wanted: WantedMpls): NextHop {
    const { id, origin = 'static', labels, trafficClass, ttl } = wanted;
    const doing = `add next hop${id === undefined ? '' : ` ${id}`}`;
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
    const mtu = via ? Math.max(0, mtuOf(this.#parts, via) - 4 * labels.length) : LARGEST;
    const info = [
      `label=${labels.join(',')}`,
      `via=${viaId}${via ? '' : '(gone)'}`,
      ...(trafficClass === undefined ? [] : [`tc=${trafficClass}`]),
      ...(ttl === undefined ? [] : [`ttl=${ttl}`]),
    ];
    return { type: 'encapsulation', kind: MPLS, record, mtu, info };
  }

  #onAdded(nextHop: NextHop): void {
    if (isMpls(nextHop)) this.#hold(nextHop);
    for (const [index, viaId] of this.#lost) if (viaId === nextHop.id) this.#goBy(index, nextHop);
  }

  #onChanged(before: NextHop, after: NextHop): void {
    checkStaysWay(this.#parts, after, this.#usersOf(after.index));
    if (this.#leadsTo(after, after.index)) throw loops(`change next hop ${after.id}`, after.id);
    if (recordOf(before) !== recordOf(after)) {
      if (isMpls(after)) this.#hold(after);
      if (isMpls(before)) this.#letGo(before);
    }
    this.#tellFollowers(after.index);
  }

  #onRemoving(nextHop: NextHop): void {
    if (isMpls(nextHop)) this.#letGo(nextHop);
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

  #hold(nextHop: NextHop): void {
    const record = recordOf(nextHop);
    const { via = 0 } = this.#stacks.find(record) ?? {};
    this.#stacks.use(record);
    this.#nextHops.use(via);
    const followers = this.#followers.get(via) ?? new Set();
    this.#followers.set(via, followers.add(nextHop.index));
  }

  #letGo(nextHop: NextHop): void {
    const record = recordOf(nextHop);
    const { via = 0 } = this.#stacks.find(record) ?? {};
    this.#unfollow(nextHop.index, via);
    this.#lost.delete(nextHop.index);
    this.#stacks.release(record);
  }

  #unfollow(index: number, via: number): void {
    const followers = this.#followers.get(via);
    // One that is replaced by another with the same next hop has taken its place already.
    const now = this.#nextHops.find(index);
    const stays = now && this.#stacks.find(recordOf(now))?.via === via;
    if (!stays) followers?.delete(index);
    if (followers?.size === 0) this.#followers.delete(via);
    this.#nextHops.unuse(via);
  }

  /** Lets a next hop go by another one, or by none until one with its id comes again. */
  #goBy(index: number, via: NextHop | undefined): void {
    const nextHop = this.#nextHops.find(index);
    if (!nextHop || (via && !isWay(this.#parts, via))) return;
    const record = recordOf(nextHop);
    const { via: before = 0 } = this.#stacks.find(record) ?? {};
    this.#stacks.redirect(record, via?.index ?? 0);
    this.#unfollow(index, before);
    if (!via) return;
    this.#nextHops.use(via.index);
    const followers = this.#followers.get(via.index) ?? new Set();
    this.#followers.set(via.index, followers.add(index));
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
    const via = this.#nextHops.find(this.#stacks.find(recordOf(nextHop))?.via ?? 0);
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
    if (isMpls(nextHop)) return [this.#stacks.find(recordOf(nextHop))?.via ?? 0];
    return nextHop.target.type === 'group' ? [...nextHop.target.members.keys()] : [];
  }

  #usersOf(index: number): readonly string[] {
    return [...(this.#followers.get(index) ?? [])].map(
      (follower) => `next hop ${this.#nextHops.find(follower)?.id}`,
    );
  }
}

const MPLS = 'mpls';

function isMpls({ target }: NextHop): boolean {
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
