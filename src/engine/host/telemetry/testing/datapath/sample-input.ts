import { Packet } from '../../../../datapath/packet';
import { SAMPLE_TYPES } from '../../../../datapath/regions';
import { NODE_BIT } from '../../../../layout';

export enum Edge {
  /** The frame is shorter than its header. */
  DROP_SAMPLE_SHORT,
  /** Nobody takes the frame's type. */
  DROP_SAMPLE_TYPE,
}

/**
 * Gives a frame's payload to whoever takes its type.
 *
 * @frame
 * @table sample-types
 */
export function sampleInput(packet: Packet): u32 {
  if (packet.dataLen < 14) return Edge.DROP_SAMPLE_SHORT;
  packet.etherType = load<u16>(packet.data, 12);
  const node = load<u16>(SAMPLE_TYPES + ((<usize>packet.etherType) << 1));
  if (!node) return Edge.DROP_SAMPLE_TYPE;
  packet.strip(14);
  return NODE_BIT | node;
}
