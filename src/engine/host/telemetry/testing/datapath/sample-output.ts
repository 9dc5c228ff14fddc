import { CAPTURE_SENT, captureFrame } from '../../../../datapath/capture';
import { Packet } from '../../../../datapath/packet';
import { SAMPLE_WATCHED } from '../../../../datapath/regions';
import { gather, gatheringFor, transmit } from '../../../../datapath/transmit';
import { SAMPLE_CAPTURED } from '../layout';

export enum Edge {
  SENT,
  /** There is no room for an Ethernet header. */
  DROP_SAMPLE_HEADROOM,
}

/** Puts an Ethernet header in front of a packet and sends it. */
export function sampleOutput(packet: Packet): u32 {
  if (!packet.prepend(14)) return Edge.DROP_SAMPLE_HEADROOM;
  store<u64>(packet.data, 0x020000000002);
  store<u32>(packet.data, 0x01000000, 8);
  store<u16>(packet.data, packet.etherType, 12);
  const watched = load<u32>(SAMPLE_WATCHED + ((<usize>packet.output) << 2));
  if (watched & SAMPLE_CAPTURED) return sendWatched(packet);
  const gathered = gatheringFor(packet.output - 1);
  gather(gathered, packet);
  return Edge.SENT;
}

function sendWatched(packet: Packet): u32 {
  captureFrame(packet, packet.output, CAPTURE_SENT);
  transmit(packet.output - 1, packet);
  return Edge.SENT;
}
