import { NEXT_HOP_DETAILS } from '../../../engine/datapath/regions';
import { NEXT_HOP_LOCAL } from '../layout';

/**
 * What some packets need of their next hop beside its record (next-hop.ts): 32 bytes, written by the control thread.
 *
 *   0 address │ 16 group │ 24 flags vrf
 */
@unmanaged
export class NextHopDetails {
  /** IPv4 (first 4 bytes) or IPv6 address, network order. */
  addressLow: u64;
  addressHigh: u64;
  /** Address and size (a power of two, or zero) of a group's table: the index (u32) of a next hop by slot. */
  members: u32;
  memberCount: u32;
  /** NEXT_HOP_… flags. */
  flags: u32;
  vrf: u16;
  spare: u16;
}

export { NEXT_HOP_CONNECTED, NEXT_HOP_FAILED, NEXT_HOP_LOCAL, NEXT_HOP_RESOLVED } from '../layout';

/** Tells whether a next hop is one of our own addresses. @inline */
export function isOwnNextHop(index: u32): bool {
  return (nextHopDetailsAt(index).flags & NEXT_HOP_LOCAL) != 0;
}

/** @inline */
export function nextHopDetailsAt(index: u32): NextHopDetails {
  return changetype<NextHopDetails>(NEXT_HOP_DETAILS + ((<usize>index) << 5));
}
