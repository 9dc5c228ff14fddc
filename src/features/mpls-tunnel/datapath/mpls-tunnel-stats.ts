import { worker } from '../../../engine/datapath/instance';
import { MPLS_TUNNEL_STATS_OFFSET } from '../../../engine/datapath/regions';

/** Counts a packet that leaves by the tunnel of a record: the control thread reads 16 bytes of each. @inline */
export function countPacket(record: usize, bytes: u32): void {
  const stats = changetype<usize>(worker) + MPLS_TUNNEL_STATS_OFFSET + (record << 4);
  store<u64>(stats, load<u64>(stats) + 1);
  store<u64>(stats, load<u64>(stats, 8) + bytes, 8);
}
