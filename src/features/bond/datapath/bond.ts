import { BOND_MEMBERS, BOND_OF, BONDS } from '../../../engine/datapath/regions';
import { BOND_SLOTS } from '../layout';

/**
 * A bond as packets see it: 1024 bytes, written by the control thread.
 *
 *   0 ┌ balance ┬ … ┐ 64
 *  64 │ the member of each slot: 256 × u16 │ 576
 */
@unmanaged
export class Bond {
  /** BALANCE_… : what its frames are spread by. */
  balance: u32;
}

const SLOTS_AT: usize = 64;

/** The bond that an interface is; that of place zero has no members. @inline */
export function bondAt(iface: u32): Bond {
  return bondInPlace(load<u8>(BOND_OF + <usize>iface));
}

/** @inline */
export function bondInPlace(place: u32): Bond {
  return changetype<Bond>(BONDS + ((<usize>place) << 10));
}

/** The member that sends what has this hash, zero for none. @inline */
export function memberFor(bond: Bond, hash: u32): u32 {
  return load<u16>(slotAt(bond, hash & (BOND_SLOTS - 1)));
}

/** @inline */
export function slotAt(bond: Bond, slot: u32): usize {
  return changetype<usize>(bond) + SLOTS_AT + ((<usize>slot) << 1);
}

/** MEMBER_… flags of an interface. @inline */
export function memberFlags(iface: u32): u32 {
  return load<u8>(BOND_MEMBERS + <usize>iface);
}
