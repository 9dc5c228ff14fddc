import type { TakeFunctions } from '../interface/index.ts';
import { BALANCE_L2, BALANCE_L3_L4, BALANCE_RSS, MEMBER_LACP, MEMBER_TAKES } from './layout.ts';
import type { Balance } from './settings.ts';

/** What a member does. */
export interface MemberDuty {
  /** What it receives, the bond has received. */
  readonly takes: boolean;
  /** LACP is spoken on its link. */
  readonly lacp: boolean;
}

/** The tables of bonds in the shared memory, as JavaScript values. The only caller of datapath/bonds.ts. */
export class BondTable {
  readonly #functions: BondFunctions;

  constructor(take: TakeFunctions) {
    this.#functions = take<BondFunctions>(bondFunctions);
  }

  /** Says in which place an interface's bond is, zero for none. */
  setPlace(iface: number, place: number): void {
    this.#functions.setBondPlace(iface, place);
  }

  setBalance(place: number, balance: Balance): void {
    this.#functions.setBondBalance(place, balanceNumbers[balance]);
  }

  /** Says which member sends what falls to each slot, zero for none. */
  setSlots(place: number, members: readonly number[]): void {
    for (const [slot, member] of members.entries()) this.#functions.setBondSlot(place, slot, member);
  }

  setMember(iface: number, { takes, lacp }: MemberDuty): void {
    this.#functions.setBondMember(iface, (takes ? MEMBER_TAKES : 0) | (lacp ? MEMBER_LACP : 0));
  }
}

interface BondFunctions {
  setBondPlace(iface: number, place: number): void;
  setBondBalance(place: number, balance: number): void;
  setBondSlot(place: number, slot: number, member: number): void;
  setBondMember(iface: number, flags: number): void;
}

const bondFunctions = ['setBondPlace', 'setBondBalance', 'setBondSlot', 'setBondMember'] as const;
const balanceNumbers = { rss: BALANCE_RSS, l2: BALANCE_L2, 'l3+l4': BALANCE_L3_L4 } as const;
