import { Packet } from '../../../engine/datapath/packet';

export enum Edge {
  /** A route says to throw it away. */
  DROP_BLACKHOLE,
}

/** Throws away, without a word, what a blackhole route leads here. */
export function ipBlackhole(_packet: Packet): u32 {
  return Edge.DROP_BLACKHOLE;
}
