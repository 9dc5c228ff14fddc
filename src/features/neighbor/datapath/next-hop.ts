import { NEXT_HOPS } from '../../../engine/datapath/regions';
import { NODE_BIT } from '../../../engine/layout';

/**
 * What most packets need of their next hop: 32 bytes, half a cache line, written by the control thread. What only some
 * need lies elsewhere (next-hop-details.ts), so that the nearest cache holds twice as many.
 *
 *   0 node4 node6 iface mtu │ 8 destination MAC, source MAC │ 20 used │ 24 record direct output
 */
@unmanaged
export class NextHop {
  /** Node that takes IPv4 and IPv6 packets routed to it. */
  node4: u16;
  node6: u16;
  iface: u16;
  mtu: u16;
  /** The first 8 and last 4 bytes of the two MAC addresses that go in front of each packet. */
  macsStart: u64;
  macsEnd: u32;
  /** Clock second of its last use, for ageing. */
  used: u32;
  /** What the output node needs: an index into its feature's table. */
  record: u32;
  /** Most bytes of a packet that needs nothing more to go to the neighbour: the MTU once it is known, zero before. */
  direct: u16;
  /** Node that takes packets once IP is done with them, where something is put round them; zero for none. */
  outputNode: u16;

  /** Where a packet goes that IP is done with: to what puts something round it, or by the edge `hold` to wait. */
  outputOr(hold: u32): u32 {
    return this.outputNode ? NODE_BIT | this.outputNode : hold;
  }
}

/** @inline */
export function nextHopAt(index: u32): NextHop {
  return changetype<NextHop>(NEXT_HOPS + ((<usize>index) << 5));
}
