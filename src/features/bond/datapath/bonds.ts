import { BOND_MEMBERS, BOND_OF } from '../../../engine/datapath/regions';
import { bondInPlace, slotAt } from './bond';

// The control thread's side of the table of bonds.

/** Says in which place an interface's bond is, zero for none. */
export function setBondPlace(iface: u32, place: u32): void {
  store<u8>(BOND_OF + <usize>iface, <u8>place);
}

/** Says what the frames of the bond in a place are spread by. */
export function setBondBalance(place: u32, balance: u32): void {
  bondInPlace(place).balance = balance;
}

/** Says which member sends what falls to a slot, zero for none. */
export function setBondSlot(place: u32, slot: u32, member: u32): void {
  store<u16>(slotAt(bondInPlace(place), slot), <u16>member);
}

/** Says what a member does: MEMBER_… flags. */
export function setBondMember(iface: u32, flags: u32): void {
  store<u8>(BOND_MEMBERS + <usize>iface, <u8>flags);
}
