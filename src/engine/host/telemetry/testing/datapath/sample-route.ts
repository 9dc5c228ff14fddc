import { Packet } from '../../../../datapath/packet';

export enum Edge {
  SAMPLE_OUTPUT,
  /** The packet's time to live has run out. */
  DROP_SAMPLE_TTL,
}

/** Sends packets of interface 1 out by interface 2 and the other way round. */
export function sampleRoute(packet: Packet): u32 {
  if (load<u8>(packet.data, 8) <= 1) return Edge.DROP_SAMPLE_TTL;
  packet.output = packet.iface == 1 ? 2 : 1;
  packet.nextHop = 7;
  return Edge.SAMPLE_OUTPUT;
}
