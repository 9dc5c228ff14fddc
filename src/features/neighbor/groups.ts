import { emptySpread, type Spread, spread } from './group-slots.ts';
import type { NextHop } from './next-hop.ts';
import type { NextHopRecords } from './next-hop-records.ts';
import type { NextHopTable } from './next-hop-table.ts';

/** The groups among the next hops: which member takes which flows, and who is a member of what. */
export class Groups {
  readonly #table: NextHopTable;
  readonly #records: Pick<NextHopRecords, 'writeMembers'>;
  readonly #spreads = new Map<number, Spread>();

  constructor(table: NextHopTable, records: Pick<NextHopRecords, 'writeMembers'>) {
    this.#table = table;
    this.#records = records;
    table.listen({
      added: (nextHop) => this.#follow(nextHop),
      changed: (_, after) => this.#follow(after),
      removing: (nextHop) => {
        this.#leaveAll(nextHop.index);
        this.#apply(nextHop.index, new Map());
      },
    });
  }

  /** The groups that a next hop is a member of. */
  withMember(index: number): readonly NextHop[] {
    const groups = [...this.#spreads].filter(([, { weights }]) => weights.has(index));
    return groups.flatMap(([group]) => this.#table.find(group) ?? []);
  }

  /** Writes the members of all groups again. @throws ApiError ENOMEM */
  rewrite(): void {
    for (const [index, { slots }] of this.#spreads) this.#records.writeMembers(index, slots);
  }

  /** Gives a group the members it now has; what is no group any more lets go of its members. */
  #follow({ index, target }: NextHop): void {
    this.#apply(index, target.type === 'group' ? target.members : new Map());
  }

  #leaveAll(member: number): void {
    for (const group of this.withMember(member)) {
      if (group.target.type !== 'group') continue;
      const members = new Map(group.target.members);
      members.delete(member);
      this.#table.change(group, { ...group, target: { type: 'group', members } });
    }
  }

  #apply(index: number, members: ReadonlyMap<number, number>): void {
    const before = this.#spreads.get(index) ?? emptySpread;
    if (sameWeights(before.weights, members)) return;
    const after = spread(before, members);
    if (after.slots.length > 0 || before.slots.length > 0) this.#records.writeMembers(index, after.slots);
    for (const member of before.weights.keys()) this.#table.use(member, -1);
    for (const member of after.weights.keys()) this.#table.use(member, 1);
    if (after === emptySpread) this.#spreads.delete(index);
    else this.#spreads.set(index, after);
  }
}

function sameWeights(left: ReadonlyMap<number, number>, right: ReadonlyMap<number, number>): boolean {
  return left.size === right.size && [...left].every(([member, weight]) => right.get(member) === weight);
}
