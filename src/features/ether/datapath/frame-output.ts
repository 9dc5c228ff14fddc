import { Packet } from '../../../engine/datapath/packet';
import { NODE_BIT } from '../../../engine/layout';
import { interfaceAt } from '../../interface/datapath/interface';

export enum Edge {
  /** The packet names no interface to leave by, or the interface cannot send frames. */
  DROP_FRAME_NO_OUTPUT,
}

/**
 * Sends a frame that already has its Ethernet header by the packet's output interface.
 *
 * @frame
 * @table interface-output
 */
export function frameOutput(packet: Packet): u32 {
  const node = interfaceAt(packet.output).outputNode;
  if (!node) return Edge.DROP_FRAME_NO_OUTPUT;
  return NODE_BIT | node;
}
