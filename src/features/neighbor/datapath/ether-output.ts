import { isForeseen } from '../../../engine/datapath/foreseen';
import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { ETHER_HEADER_BYTES } from '../../../net/datapath/ether-header';
import { interfaceAt } from '../../interface/datapath/interface';
import { nextHopAt } from './next-hop';

export enum Edge {
  /** The packet has no room left for an Ethernet header. */
  DROP_ETHER_NO_HEADROOM,
}

/**
 * Puts the two MAC addresses that the next hop holds ready, and the ethertype, in front of a packet.
 *
 * @table interface-output
 */
export function etherOutput(packet: Packet): u32 {
  if (!isForeseen() && packet.headroom < ETHER_HEADER_BYTES) return Edge.DROP_ETHER_NO_HEADROOM;
  packet.extend(ETHER_HEADER_BYTES);
  const frame = packet.data;
  const nextHop = nextHopAt(packet.nextHop);
  store<u64>(frame, nextHop.macsStart);
  store<u32>(frame, nextHop.macsEnd, 8);
  store<u16>(frame, packet.etherType, 12);
  packet.output = nextHop.iface;
  return NODE_BIT | interfaceAt(packet.output).outputNode;
}
