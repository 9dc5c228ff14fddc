import { Packet } from '../../../engine/datapath/packet';
import { ETHER_HEADER_BYTES } from '../../../net/datapath/ether-header';
import { leaveInterface } from '../../interface/datapath/enter';
import { BRIDGE_UP } from '../layout';
import { bridgeAt } from './bridge';

export enum Edge {
  BRIDGE_FORWARD,
  /** The bridge that the frame should leave by is administratively down. */
  DROP_BRIDGE_OUTPUT_DOWN,
  /** The frame is shorter than an Ethernet header. */
  DROP_BRIDGE_OUTPUT_TRUNCATED,
}

/**
 * Takes a frame that is sent by a bridge as an interface to the bridge's members.
 *
 * @frame
 */
export function bridgeOutput(packet: Packet): u32 {
  const id = packet.output;
  if (packet.dataLen < <u16>ETHER_HEADER_BYTES) return Edge.DROP_BRIDGE_OUTPUT_TRUNCATED;
  if (!(bridgeAt(id).flags & BRIDGE_UP) || !leaveInterface(packet, id)) return Edge.DROP_BRIDGE_OUTPUT_DOWN;
  packet.iface = id;
  packet.note2 = id;
  return Edge.BRIDGE_FORWARD;
}
