/** The first bytes of a worker's area: its state, written by the worker, read by the control thread. */
@unmanaged
export class Worker {
  /** The control epoch this worker has last passed between two rounds; NEVER while it does not run. */
  epoch: u32;
  /** WORKER_STOPPED, WORKER_RUNNING or WORKER_SLEEPING. */
  state: u32;
  /** Clock ticks at the last receive call, written by the host. */
  clock: u64;
  /** Set by the control thread to call the worker back to its host code. */
  command: u32;
  /** Packets of the current burst, and how many of them have found their way. */
  burstCount: u32;
  burstIndex: u32;
  /** The packet in a stage's hands, zero between two. */
  current: u32;
  /** The stage at work: what a trap is blamed on. */
  stage: u32;
  /** Receive queues in WORKER_QUEUES. */
  queueCount: u32;
  freeCount: u32;
  spareCount: u32;
  /** Ports with packets to send, a bit each. */
  transmitPorts: u32;
  /** Empty rounds in a row. */
  idleRounds: u32;
  /** Bits of MODE_… for the burst at work. */
  mode: u32;
  /** Next trace number of this worker. */
  nextTrace: u32;
  /** Rounds in all, and those that found a packet. */
  rounds: u64;
  busyRounds: u64;
  /** Times the worker went to sleep. */
  sleeps: u64;
  /** Traps survived. */
  traps: u64;
  /** Packets lost to traps. */
  trapped: u64;
  /** Whether events were put in the ring in this round. */
  eventsPut: u32;
  /** Bursts until the next measured one; small ones count more. */
  untilMeasured: u32;
  /** Buffers that the stage at work has taken from the pool so far. */
  freshCount: u32;
  /** Rounds with packets until a worker that has slept is at work again; zero when it is. */
  wakingRounds: u32;
}

/** The epoch of a worker that does not run: it holds nothing back. */
export const NEVER: u32 = 0xffffffff;
