import { ApiError } from '../../engine/api-error.ts';
import type { Rewrite, TakeFunctions } from '../../engine/host/rewrites.ts';
import { BondTable } from './bond-table.ts';
import { type Choice, NOBODY } from './choice.ts';
import { BOND_PLACES } from './layout.ts';
import type { BondSettings } from './settings.ts';
import { shareSlots } from './slots.ts';

/** A bond beside its interface. */
export interface Bond {
  readonly place: number;
  readonly settings: BondSettings;
  /** Id of a member, zero for none. */
  readonly primary: number;
  readonly choice: Choice;
  readonly slots: readonly number[];
}

/** What is known of all bonds, by the ids of their interfaces; the one writer of the tables that stages read. */
export class BondRecords {
  readonly #table: BondTable;
  readonly #membersOf: (id: number) => readonly number[];
  readonly #bonds = new Map<number, Bond>();

  /** @param membersOf ids of the interfaces that are bound to another */
  constructor(take: TakeFunctions, membersOf: (id: number) => readonly number[]) {
    this.#table = new BondTable(take);
    this.#membersOf = membersOf;
  }

  /** How all bonds are written again for a build that has them elsewhere. */
  get rewrite(): Rewrite {
    return {
      tables: ['BONDS', 'BOND_OF', 'BOND_MEMBERS'],
      unknown: ['BOND_PLACES', 'BOND_SLOTS', 'MAX_BOND_MEMBERS'],
      write: () => {
        for (const [id, bond] of this.#bonds) this.#write(id, bond);
      },
    };
  }

  get all(): ReadonlyMap<number, Bond> {
    return this.#bonds;
  }

  has(id: number): boolean {
    return this.#bonds.has(id);
  }

  get(id: number): Bond {
    const bond = this.#bonds.get(id);
    if (!bond) throw new TypeError(`expected interface ${id} to be a bond`);
    return bond;
  }

  /** A place for one more bond. @throws ApiError ENOSPC */
  freePlace(doing: string): number {
    const taken = new Set([...this.#bonds.values()].map(({ place }) => place));
    for (let place = 1; place < BOND_PLACES; place++) if (!taken.has(place)) return place;
    throw new ApiError('ENOSPC', {
      doing,
      expected: `at most ${BOND_PLACES - 1} bonds`,
      received: 'one more',
    });
  }

  /** Takes a new bond in, which has no members yet. */
  add(id: number, { place, settings }: Pick<Bond, 'place' | 'settings'>): void {
    this.keep(id, { place, settings, primary: 0, choice: NOBODY, slots: shareSlots([], []) });
  }

  keep(id: number, bond: Bond): void {
    this.#bonds.set(id, bond);
    this.#write(id, bond);
  }

  /** Lets a member do nothing for its bond any more. */
  dismiss(member: number): void {
    this.#table.setMember(member, { takes: false, lacp: false });
  }

  /** Takes a bond out of use; its place is free once it is forgotten. */
  clear(id: number): void {
    this.#table.setSlots(this.get(id).place, shareSlots([], []));
    this.#table.setPlace(id, 0);
  }

  forget(id: number): void {
    this.#bonds.delete(id);
  }

  #write(id: number, { place, settings, choice, slots }: Bond): void {
    for (const member of this.#membersOf(id))
      this.#table.setMember(member, {
        takes: choice.takes.includes(member),
        lacp: settings.mode === 'lacp',
      });
    this.#table.setBalance(place, settings.balance);
    this.#table.setSlots(place, slots);
    this.#table.setPlace(id, place);
  }
}
