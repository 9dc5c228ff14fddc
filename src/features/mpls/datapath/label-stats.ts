import { worker } from '../../../engine/datapath/instance';
import { Packet } from '../../../engine/datapath/packet';
import { LABEL_STATS_OFFSET } from '../../../engine/datapath/regions';

/** Counts a packet with the label that is about to be taken off, and the bytes from that label on. */
export function countLabel(label: u32, packet: Packet): void {
  const stats = changetype<usize>(worker) + LABEL_STATS_OFFSET + ((<usize>label) << 4);
  store<u64>(stats, load<u64>(stats) + 1);
  store<u64>(stats, load<u64>(stats, 8) + packet.pktLen, 8);
}
