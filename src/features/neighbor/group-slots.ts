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
  const sharing = new Sharing(now, slotsFor(weights, now.slots.length));
  const leaving = [...now.weights.keys()].filter((member) => !weights.has(member));
  const changing = [...weights].filter(([member, weight]) => now.weights.get(member) !== weight);
  const rising = changing.filter(([member, weight]) => weight > (now.weights.get(member) ?? 0));
  const falling = changing.filter(([member, weight]) => weight < (now.weights.get(member) ?? 0));
  // Growing first, so that there is always a member to give slots to.
  for (const [member, weight] of rising) sharing.grow(member, weight);
  for (const [member, weight] of falling) sharing.shrink(member, weight);
  for (const member of leaving) sharing.shrink(member, 0);
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

/** Slots on their way from one spread to the next, by member. */
class Sharing {
  readonly #size: number;
  readonly #weights: Map<number, number>;
  #sum: number;
  readonly #places: Map<number, number[]>;

  /** A table that has grown holds copies of the smaller one: the hash's next bit chooses between equal halves. */
  constructor(now: Spread, size: number) {
    this.#size = size;
    this.#weights = new Map(now.weights);
    this.#sum = [...now.weights.values()].reduce((sum, weight) => sum + weight, 0);
    this.#places = new Map([...now.weights.keys()].map((member) => [member, []]));
    if (now.slots.length === 0) return;
    for (let slot = 0; slot < size; slot++) {
      const member = now.slots[slot % now.slots.length];
      if (member !== undefined) this.#placesOf(member).push(slot);
    }
  }

  get slots(): readonly number[] {
    const slots = Array<number>(this.#size).fill(0);
    for (const [member, places] of this.#places) for (const place of places) slots[place] = member;
    return slots;
  }

  /** Raises a member's weight: it takes slots from those that have most more than their share. */
  grow(member: number, weight: number): void {
    const first = this.#weights.size === 0;
    this.#weigh(member, weight);
    const places = this.#placesOf(member);
    if (first) {
      for (let slot = 0; slot < this.#size; slot++) places.push(slot);
      return;
    }
    const target = this.#target(member);
    while (places.length < target) {
      const donor = this.#most(member, (other) => this.#surplus(other));
      const place = donor === undefined ? undefined : this.#placesOf(donor).pop();
      if (place === undefined) return;
      places.push(place);
    }
  }

  /** Lowers a member's weight, zero takes it away: it gives slots to those that lack most. */
  shrink(member: number, weight: number): void {
    const places = this.#placesOf(member);
    this.#weigh(member, weight);
    const target = weight > 0 ? this.#target(member) : 0;
    while (places.length > target) {
      const taker = this.#most(member, (other) => this.#quota(other) - this.#placesOf(other).length);
      const place = taker === undefined ? undefined : places.pop();
      if (taker === undefined || place === undefined) return;
      this.#placesOf(taker).push(place);
    }
    if (weight === 0) this.#places.delete(member);
  }

  #weigh(member: number, weight: number): void {
    this.#sum += weight - (this.#weights.get(member) ?? 0);
    if (weight > 0) this.#weights.set(member, weight);
    else this.#weights.delete(member);
  }

  #quota(member: number): number {
    return (this.#size * (this.#weights.get(member) ?? 0)) / this.#sum;
  }

  /** What a member has beyond its share; its last slot it keeps in any case. */
  #surplus(member: number): number {
    const { length } = this.#placesOf(member);
    return length > 1 ? length - this.#quota(member) : Number.NEGATIVE_INFINITY;
  }

  #target(member: number): number {
    return Math.max(1, Math.round(this.#quota(member)));
  }

  /** The member other than `except` of whom `measure` is greatest. */
  #most(except: number, measure: (member: number) => number): number | undefined {
    let best: number | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const member of this.#weights.keys()) {
      if (member === except) continue;
      const value = measure(member);
      if (value <= most) continue;
      best = member;
      most = value;
    }
    return best;
  }

  #placesOf(member: number): number[] {
    const places = this.#places.get(member);
    if (places) return places;
    const fresh: number[] = [];
    this.#places.set(member, fresh);
    return fresh;
  }
}
