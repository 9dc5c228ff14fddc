import { worker } from '../../../engine/datapath/instance';
import { INTERFACE_STATS_OFFSET } from '../../../engine/datapath/regions';

/** What one worker has counted of one interface: 32 bytes, two in a cache line, which the control thread reads. */
@unmanaged
export class InterfaceStats {
  rxPackets: u64;
  rxBytes: u64;
  txPackets: u64;
  txBytes: u64;
}

/** This worker's counters of an interface. @summed */
export function interfaceStats(id: u32): InterfaceStats {
  return changetype<InterfaceStats>(changetype<usize>(worker) + INTERFACE_STATS_OFFSET + (id << 5));
}
