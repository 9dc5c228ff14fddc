import { nextHopAt } from './next-hop';

/** Writes what packets need of a next hop. */
export function setNextHop(index: u32, node4: u32, node6: u32, iface: u32, mtu: u32, flags: u32): void {
  const nextHop = nextHopAt(index);
  nextHop.node4 = <u16>node4;
  nextHop.node6 = <u16>node6;
  nextHop.iface = <u16>iface;
  nextHop.mtu = <u16>mtu;
  nextHop.flags = flags;
}
