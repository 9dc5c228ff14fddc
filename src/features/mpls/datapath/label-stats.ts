import { worker } from '../../../engine/datapath/instance';
import { Packet } from '../../../engine/datapath/packet';
import { LABEL_PLACES, LABEL_STATS_OFFSET } from '../../../engine/datapath/regions';

// What comes with each label, counted by each worker in memory of its own: there is a place for every label that means
// something, up to as many as a worker's area has room for, and one for all others together.

/** Counts a packet with the label that is about to be taken off, and the bytes from that label on. @inline */
export function countLabel(label: u32, packet: Packet): void {
  const place: usize = load<u16>(LABEL_PLACES + ((<usize>label) << 1));
  const stats = changetype<usize>(worker) + LABEL_STATS_OFFSET + (place << 4);
  store<u64>(stats, load<u64>(stats) + 1);
  store<u64>(stats, load<u64>(stats, 8) + packet.pktLen, 8);
}

/** Says where packets with a label are counted. */
export function setLabelPlace(label: u32, place: u32): void {
  atomic.store<u16>(LABEL_PLACES + ((<usize>label) << 1), <u16>place);
}
