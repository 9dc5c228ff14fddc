import { WORKER_COUNTERS } from '../layout';
import { worker } from './instance';

/** What one worker has counted of one node: a stage, an ending or a drop. */
@unmanaged
export class Counter {
  batches: u64;
  packets: u64;
  /** Cycles of the packets that were measured, and how many these were. */
  cycles: u64;
  measured: u64;
}

/** This worker's counter of a node. */
export function counterOf(node: u32): Counter {
  return changetype<Counter>(changetype<usize>(worker) + WORKER_COUNTERS + (node << 5));
}

/** Counts one batch of packets at a node. */
export function count(node: u32, packets: u32): void {
  if (!packets) return;
  const counter = counterOf(node);
  counter.batches++;
  counter.packets += packets;
}
