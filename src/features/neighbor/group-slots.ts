/** How a group's flows are spread: the slot that a flow's hash chooses names the member that takes it. */
export interface Spread {
  readonly weights: ReadonlyMap<number, number>;
  /** Members by slot; a power of two long, or empty for a group without members. */
  readonly slots: readonly number[];
}

/** Slots per unit of weight: so finely shares follow weights. */
export const SLOTS_PER_WEIGHT = 4;
/** Most slots of a group. */
export const MAX_SLOTS = 16384;
/** Most members of a group: each has one slot at least, and room to follow its weight. */
export const MAX_MEMBERS = 4096;

export const emptySpread: Spread = { weights: new Map(), slots: [] };

/**
 * Spreads flows over members by their weights (a key and at least 1 each), starting from how they are spread now:
 * only flows of members that change, or that give a share to them, are moved.
 */
export function spread(now: Spread, weights: ReadonlyMap<number, number>): Spread {
  if (weights.size === 0) return emptySpread;
  const sharing = new Sharing(now, { weights, size: slotsFor(weights, now.slots.length) });
  const before = (member: number) => now.weights.get(member) ?? 0;
  const rising = [...weights.keys()].filter((member) => (weights.get(member) ?? 0) > before(member));
  const falling = [...now.weights.keys()].filter((member) => (weights.get(member) ?? 0) < before(member));
  // Growing first, so that there is always a member to give slots to; those that leave give theirs first.
  for (const member of rising) sharing.grow(member);
  for (const member of falling) sharing.shrink(member);
  for (const member of rising) sharing.even(member);
  return { weights: new Map(weights), slots: sharing.slots };
}

/** A table never becomes smaller: every flow would look into another slot. */
function slotsFor(weights: ReadonlyMap<number, number>, now: number): number {
  const wanted = SLOTS_PER_WEIGHT * [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  const most = Math.min(wanted, MAX_SLOTS);
  let slots = Math.max(now, 1);
  while (slots < most) slots *= 2;
  return slots;
}

/** Slots on their way from one spread to the next, by member; shares are those of the next one. */
class Sharing {
  readonly #size: number;
  readonly #weights: ReadonlyMap<number, number>;
  readonly #sum: number;
  readonly #places: Map<number, number[]>;

  /** A table that has grown holds copies of the smaller one: the hash's next bit chooses between equal halves. */
  constructor(now: Spread, next: { readonly weights: ReadonlyMap<number, number>; readonly size: number }) {
    this.#size = next.size;
    this.#weights = next.weights;
    this.#sum = [...next.weights.values()].reduce((sum, weight) => sum + weight, 0);
    this.#places = new Map([...now.weights.keys()].map((member) => [member, []]));
    if (now.slots.length === 0) return;
    for (let slot = 0; slot < next.size; slot++) {
      const member = now.slots[slot % now.slots.length];
      if (member !== undefined) this.#placesOf(member).push(slot);
    }
  }

  get slots(): readonly number[] {
    const slots = Array<number>(this.#size).fill(0);
    for (const [member, places] of this.#places) for (const place of places) slots[place] = member;
    return slots;
  }

  /** A member whose weight has risen takes slots from those that have most more than their share. */
  grow(member: number): void {
    const first = this.#places.size === 0;
    const places = this.#placesOf(member);
    if (first) {
      for (let slot = 0; slot < this.#size; slot++) places.push(slot);
      return;
    }
    const target = this.#target(member);
    const others = this.#others(this.#places, member);
    while (places.length < target) if (!this.#takeSlot(places, others)) return;
  }

  /** What rounding has left with one member goes to those that have risen and lack a part of a slot. */
  even(member: number): void {
    const places = this.#placesOf(member);
    const others = this.#others(this.#places, member);
    while (this.#lack(member) > 0) if (!this.#takeSlot(places, others, 1)) return;
  }

  /** A member whose weight has fallen, or that leaves, gives slots to those that lack most. */
  shrink(member: number): void {
    const places = this.#placesOf(member);
    const target = this.#weights.has(member) ? this.#target(member) : 0;
    const others = this.#others(this.#weights, member);
    while (places.length > target) {
      const taker = mostOf(others, (other) => this.#lack(other));
      const place = taker === undefined ? undefined : places.pop();
      if (taker === undefined || place === undefined) return;
      this.#placesOf(taker).push(place);
    }
  }

  /** Takes a slot from whoever has most beyond its share, if that is so much at least; false when nobody has. */
  #takeSlot(places: number[], others: readonly number[], least = Number.NEGATIVE_INFINITY): boolean {
    const donor = mostOf(others, (other) => this.#surplus(other));
    if (donor === undefined || this.#surplus(donor) < least) return false;
    const place = this.#placesOf(donor).pop();
    if (place === undefined) return false;
    places.push(place);
    return true;
  }

  #quota(member: number): number {
    return (this.#size * (this.#weights.get(member) ?? 0)) / this.#sum;
  }

  /** What a member has beyond its share; one that stays keeps its last slot in any case. */
  #surplus(member: number): number {
    const { length } = this.#placesOf(member);
    const kept = this.#weights.has(member) ? 1 : 0;
    return length > kept ? length - this.#quota(member) : Number.NEGATIVE_INFINITY;
  }

  #lack(member: number): number {
    return this.#quota(member) - this.#placesOf(member).length;
  }

  #target(member: number): number {
    return Math.max(1, Math.round(this.#quota(member)));
  }

  #others(members: ReadonlyMap<number, unknown>, except: number): readonly number[] {
    return [...members.keys()].filter((member) => member !== except);
  }

  #placesOf(member: number): number[] {
    const places = this.#places.get(member);
    if (places) return places;
    const fresh: number[] = [];
    this.#places.set(member, fresh);
    return fresh;
  }
}

/** The member of whom `measure` is greatest. */
function mostOf(members: readonly number[], measure: (member: number) => number): number | undefined {
  let best: number | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const member of members) {
    const value = measure(member);
    if (value <= most) continue;
    best = member;
    most = value;
  }
  return best;
}
