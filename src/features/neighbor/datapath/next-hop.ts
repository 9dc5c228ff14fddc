import { NEXT_HOPS } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';

/**
 * A next hop: 64 bytes, one cache line, written by the control thread.
 *
 *   0 node4 node6 iface mtu │ 8 flags vrf output │ 16 destination MAC, source MAC │ 28 used │ 32 address │ 48 group
 *   56 record direct
 */
@unmanaged
export class NextHop {
  /** Node that takes IPv4 and IPv6 packets routed to it. */
  node4: u16;
  node6: u16;
  iface: u16;
  mtu: u16;
  /** NEXT_HOP_… flags. */
  flags: u32;
  vrf: u16;
  /** Node that takes packets once IP is done with them, where something is put round them; zero for none. */
  outputNode: u16;
  /** The first 8 and last 4 bytes of the two MAC addresses that go in front of each packet. */
  macsStart: u64;
  macsEnd: u32;
  /** Clock second of its last use, for ageing. */
  used: u32;
  /** IPv4 (first 4 bytes) or IPv6 address, network order. */
  addressLow: u64;
  addressHigh: u64;
  /** Address and size (a power of two, or zero) of a group's table: the index (u32) of a next hop by slot. */
  members: u32;
  memberCount: u32;
  /** What that node needs: an index into its feature's table. */
  record: u32;
  /** Most bytes of a packet that needs nothing more to go to the neighbour: the MTU once it is known, zero before. */
  direct: u32;

  /** Where a packet goes that IP is done with: to what puts something round it, or by the edge `hold` to wait. */
  outputOr(hold: u32): u32 {
    return this.outputNode ? NODE_BIT | this.outputNode : hold;
  }
}

export { NEXT_HOP_CONNECTED, NEXT_HOP_FAILED, NEXT_HOP_LOCAL, NEXT_HOP_RESOLVED } from '../layout';

/** @inline */
export function nextHopAt(index: u32): NextHop {
  return changetype<NextHop>(NEXT_HOPS + ((<usize>index) << 6));
}
