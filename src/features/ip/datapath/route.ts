import { Packet } from '../../../engine/datapath/packet';
import { FIB4_ROOTS, FIB6_ROOTS } from '../../../engine/datapath/regions';
import { nextHopAt } from '../../neighbor/datapath/next-hop';
import { lookup4, lookup6 } from './fib';

/** Chooses the next hop for the IPv4 address that lies at `destination` in the packet's VRF; returns its node. @inline */
export function route4(packet: Packet, destination: usize): u32 {
  const root = root4Of(packet.vrf);
  const nextHop = lookup4(root, destination);
  packet.nextHop = nextHop;
  return nextHopAt(nextHop).node4;
}

/** Chooses the next hop for the IPv6 address that lies at `destination` in the packet's VRF; returns its node. @inline */
export function route6(packet: Packet, destination: usize): u32 {
  const root = root6Of(packet.vrf);
  const nextHop = lookup6(root, destination);
  packet.nextHop = nextHop;
  return nextHopAt(nextHop).node6;
}

/** Where the IPv4 table of a VRF is. @remembered */
function root4Of(vrf: u32): usize {
  return load<u32>(FIB4_ROOTS + ((<usize>vrf) << 2));
}

/** Where the IPv6 table of a VRF is. @remembered */
function root6Of(vrf: u32): usize {
  return load<u32>(FIB6_ROOTS + ((<usize>vrf) << 2));
}
