import { newEventWithin, putEvent } from '../../../engine/datapath/events';
import { NODE_HOST_FRAME } from '../../../engine/datapath/nodes';
import { Packet } from '../../../engine/datapath/packet';
import { isTagType } from '../../../net/datapath/ether-header';
import { HOST_QUEUE } from '../layout';

export enum Edge {
  PUNTED,
  /** More packets are for the host than it takes. */
  DROP_HOST_QUEUE_FULL,
  /** The frame has a VLAN tag, and no interface here has that VLAN. */
  DROP_HOST_FRAME_TAGGED,
}

/**
 * Hands a frame to a group that no stage takes (LLDP, LACP, IS-IS) to the control thread, which writes it as it came to
 * the TAP of its interface.
 *
 * @frame
 */
export function hostFrame(packet: Packet): u32 {
  const type = load<u16>(packet.data, 12);
  if (isTagType(type)) return Edge.DROP_HOST_FRAME_TAGGED;
  const event = newEventWithin(NODE_HOST_FRAME, HOST_QUEUE);
  if (event === null) return Edge.DROP_HOST_QUEUE_FULL;
  event.packet = <u32>changetype<usize>(packet);
  event.iface = packet.iface;
  event.vrf = packet.vrf;
  putEvent();
  return Edge.PUNTED;
}
