import { Packet } from '../../../engine/datapath/packet';
import { FIB4_ROOTS, FIB6_ROOTS } from '../../../engine/datapath/regions';
import { CONTROL_LOOK_AHEAD, LOOK_AHEAD_ARENA } from '../../../engine/layout';
import { ETHER_HEADER_BYTES, TYPE_IP4_RAW, TYPE_IP6_RAW } from '../../../net/datapath/ether-header';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { IP6_HEADER_BYTES, Ip6Header } from '../../../net/datapath/ip6-header';
import { interfaceAt } from '../../interface/datapath/interface';
import { interfaceOfPort } from '../../port/datapath/port-interface';
import { lookup4, lookup6 } from './fib';

/**
 * Does the lookups of a burst's packets once for nothing, for tables that are larger than the caches: each lookup then
 * waits for memory, and lookups in a short loop wait together. Where the guess is wrong that a packet is a plain one
 * to be routed in its port's VRF, nothing is lost but time.
 */
export function lookAhead(burst: usize, packets: u32): void {
  if (!(load<u32>(CONTROL_LOOK_AHEAD) & LOOK_AHEAD_ARENA)) return;
  const port = changetype<Packet>(<usize>load<u32>(burst)).port;
  const vrf = <usize>interfaceAt(interfaceOfPort(port)).vrf;
  const root4 = <usize>load<u32>(FIB4_ROOTS + (vrf << 2));
  const root6 = <usize>load<u32>(FIB6_ROOTS + (vrf << 2));
  for (let i: u32 = 0; i < packets; i++) {
    const packet = changetype<Packet>(<usize>load<u32>(burst + (i << 2)));
    if (packet.dataLen < <u16>(ETHER_HEADER_BYTES + IP6_HEADER_BYTES)) continue;
    const type = load<u16>(packet.data, 12);
    const header = packet.data + ETHER_HEADER_BYTES;
    if (type == TYPE_IP4_RAW) lookup4(root4, changetype<Ip4Header>(header).destinationAt);
    else if (type == TYPE_IP6_RAW) lookup6(root6, changetype<Ip6Header>(header).destination);
  }
}
