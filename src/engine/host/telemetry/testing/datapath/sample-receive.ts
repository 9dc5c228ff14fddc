import { CAPTURE_RECEIVED, captureFrame } from '../../../../datapath/capture';
import { Packet } from '../../../../datapath/packet';
import { SAMPLE_WATCHED } from '../../../../datapath/regions';
import { startTrace } from '../../../../datapath/trace';
import { SAMPLE_CAPTURED, SAMPLE_TRACED } from '../layout';

export enum Edge {
  SAMPLE_INPUT,
}

/**
 * Takes what a port has received: port 0 is interface 1, and so on.
 *
 * @frame
 */
export function sampleReceive(packet: Packet): u32 {
  packet.iface = packet.port + 1;
  packet.vrf = 1;
  packet.frameOff = packet.dataOff;
  packet.trace = 0;
  packet.flags = 0;
  const watched = load<u32>(SAMPLE_WATCHED + ((<usize>packet.iface) << 2));
  if (watched) return takeWatched(packet, watched);
  return Edge.SAMPLE_INPUT;
}

function takeWatched(packet: Packet, watched: u32): u32 {
  if (watched & SAMPLE_TRACED) startTrace(packet);
  if (watched & SAMPLE_CAPTURED) captureFrame(packet, packet.iface, CAPTURE_RECEIVED);
  return Edge.SAMPLE_INPUT;
}
