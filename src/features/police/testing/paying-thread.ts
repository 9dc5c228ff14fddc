import { parentPort, workerData } from 'node:worker_threads';
import { BURST_MAX } from '../../../engine/layout.ts';
import { Rush, type RushPlace } from '../../../engine/testing/rush.ts';
import { frame1000 } from './limits.ts';

/** What a thread receives: so many frames by a port. */
export interface Payment extends RushPlace {
  readonly port: number;
  readonly frames: number;
  /** The thread begins when this is no longer zero: Int32Array. */
  readonly begin: SharedArrayBuffer;
}

// A worker in a thread of its own receives frames as fast as it can, and tells how many have passed. Its clock stands still.

const payment: Payment = workerData;
const rush = new Rush(payment, frame1000.length);
const bytes = new Uint8Array(payment.memory.buffer);

parentPort?.postMessage('ready');
Atomics.wait(new Int32Array(payment.begin), 0, 0);
let passed = 0;
for (let left = payment.frames; left > 0; left -= BURST_MAX)
  passed += rush.pass(payment.port, Math.min(left, BURST_MAX), (at) => bytes.set(frame1000, at));
rush.close();
parentPort?.postMessage(passed);
