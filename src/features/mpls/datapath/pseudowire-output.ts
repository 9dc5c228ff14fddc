import { Packet } from '../../../engine/datapath/packet';
import { leaveInterface } from '../../interface/datapath/enter';
import { finishFrame } from '../../tunnel/datapath/inner-frame';
import { PSEUDOWIRE_CONTROL_WORD } from '../layout';
import { pseudowireOf } from './pseudowires';

export enum Edge {
  MPLS_PUSH,
  DROP_OUTPUT_DOWN,
  DROP_MPLS_NO_NEXT_HOP,
  DROP_MPLS_NO_HEADROOM,
}

const CONTROL_WORD_BYTES: u32 = 4;

/**
 * Sends a frame that leaves by a pseudowire to where labels are put in front of it, with a control word of zeros where
 * the other end wants one (RFC 4448 4.6).
 *
 * @frame
 */
export function pseudowireOutput(packet: Packet): u32 {
  const way = pseudowireOf(packet.output);
  if (!way) return Edge.DROP_MPLS_NO_NEXT_HOP;
  if (!leaveInterface(packet, packet.output)) return Edge.DROP_OUTPUT_DOWN;
  finishFrame(packet);
  if (way & PSEUDOWIRE_CONTROL_WORD) {
    if (!packet.prepend(CONTROL_WORD_BYTES)) return Edge.DROP_MPLS_NO_HEADROOM;
    store<u32>(packet.data, 0);
  }
  packet.etherType = 0;
  packet.nextHop = way & ~PSEUDOWIRE_CONTROL_WORD;
  return Edge.MPLS_PUSH;
}
