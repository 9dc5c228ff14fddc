import { NODE_IP4_VRF } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { Ip4Header } from '../../../net/datapath/ip4-header';
import { nextHopDetailsAt } from '../../neighbor/datapath/next-hop-details';
import { route4 } from './route';
import { MOST_VRFS } from './vrf';

export enum Edge {
  /** VRFs lead it from one to the next, and on from the last that is tried. */
  DROP_VRF_LOOP,
}

/**
 * Looks an IPv4 packet up again in the VRF that its next hop names, and so on while that leads into another.
 *
 * @table next-hop-input
 */
export function ip4Vrf(packet: Packet): u32 {
  const header = changetype<Ip4Header>(packet.data);
  for (let turn = 0; turn < MOST_VRFS; turn++) {
    packet.vrf = nextHopDetailsAt(packet.nextHop).vrf;
    const node = route4(packet, header.destinationAt);
    if (node != NODE_IP4_VRF) return NODE_BIT | node;
  }
  return Edge.DROP_VRF_LOOP;
}
