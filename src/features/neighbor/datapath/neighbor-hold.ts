import { newEvent, putEvent } from '../../../engine/datapath/events';
import { NODE_NEIGHBOR_HOLD } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';

export enum Edge {
  PUNTED,
  /** Too many packets wait for the control thread to find out their neighbours. */
  DROP_NEIGHBOR_QUEUE_FULL,
  /** More packets than may be held wait for one neighbour, or for all: the oldest made room. */
  DROP_NEIGHBOR_HELD_TOO_MANY,
  /** There are already as many next hops as there may be. */
  DROP_NEIGHBOR_TABLE_FULL,
  /** The next hop or its interface went away while the packet was held. */
  DROP_NEIGHBOR_GONE,
}

/**
 * Hands an IP packet whose neighbour is not known to the control thread, which holds it until the neighbour
 * has answered. The control thread sends what it gives up to the drops that are named here.
 *
 * The event: 0 next hop (u32), 4 ethertype as it lies (u16).
 */
export function neighborHold(packet: Packet): u32 {
  const event = newEvent(NODE_NEIGHBOR_HOLD);
  if (event === null) return Edge.DROP_NEIGHBOR_QUEUE_FULL;
  event.packet = <u32>changetype<usize>(packet);
  event.iface = packet.iface;
  event.vrf = packet.vrf;
  event.data0 = <u64>packet.nextHop | ((<u64>packet.etherType) << 32);
  putEvent();
  return Edge.PUNTED;
}
