import { NAT_STATE } from '../../../engine/datapath/regions';

/** What all sessions have in common. The head of the free records has a cache line of its own. */
@unmanaged
export class NatState {
  /** Makes places in the hash table unforeseeable. */
  seed: u64;
  /** Milliseconds, as the control thread has last looked at its clock. */
  clock: u32;
  /** Most sessions. */
  max: u32;
  /** Milliseconds after which a session is given up, by STATE_…. */
  timeouts0: u64;
  timeouts1: u64;
  timeouts2: u64;
  /** Records that were unlinked and wait for the next quiet point, and those that wait for the one of `epoch`: lists. */
  gone: u32;
  goneLast: u32;
  waiting: u32;
  waitingLast: u32;
  epoch: u32;
  spare: u32;
  /** Free records: the first one's number in the low half, and how often that has changed in the upper one (64). */
  free: u64;
  /** Records that have been in use at some time (72). */
  used: u32;
  /** Sessions there are (76). */
  count: u32;
}

/** @inline */
export function natState(): NatState {
  return changetype<NatState>(<usize>NAT_STATE);
}

/** After how many milliseconds a session in a state is given up. */
export function timeoutOf(state: u32): u32 {
  return load<u32>(NAT_STATE + offsetof<NatState>('timeouts0') + ((<usize>state) << 2));
}
