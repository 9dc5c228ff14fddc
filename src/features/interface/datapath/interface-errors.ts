import { worker } from '../../../engine/datapath/instance';
import { INTERFACE_ERRORS_OFFSET } from '../../../engine/datapath/regions';

/** What one worker could not send by an interface: 8 bytes, away from the counters that most packets add to. */
@unmanaged
class InterfaceErrors {
  txErrors: u64;
}

/** Counts a packet that an interface should have sent and could not. */
export function countTxError(id: u32): void {
  changetype<InterfaceErrors>(changetype<usize>(worker) + INTERFACE_ERRORS_OFFSET + (id << 3)).txErrors++;
}
