import { WORKER_AREAS } from '../layout';
import { WORKER_STRIDE } from './regions';
import { Worker } from './worker';

/** What to subtract from an address of the host process to get an offset in this memory (packet buffers only). */
export let delta: u64 = 0;
/** This instance's own area: each thread runs its own instance over the one memory. */
export let worker: Worker = changetype<Worker>(<usize>WORKER_AREAS);

/** Tells a new instance which worker it serves and where the packet buffers are mapped. */
export function attach(index: u32, packetDelta: u64): void {
  worker = changetype<Worker>(<usize>WORKER_AREAS + <usize>index * WORKER_STRIDE);
  delta = packetDelta;
}

/** The area of any worker, by its index. */
export function workerAt(index: u32): Worker {
  return changetype<Worker>(<usize>WORKER_AREAS + <usize>index * WORKER_STRIDE);
}
