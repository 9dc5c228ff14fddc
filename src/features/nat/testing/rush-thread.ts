import { parentPort, workerData } from 'node:worker_threads';
import { BURST_MAX } from '../../../engine/layout.ts';
import { Rush, type RushPlace } from '../../../engine/testing/rush.ts';
import { FRAME_BYTES, SOURCE_PORT } from './datagrams.ts';

/** What a thread sends: from each port, one frame after the other. */
export interface RushStart extends RushPlace {
  readonly port: number;
  readonly frames: readonly Uint8Array[];
  readonly firstPort: number;
  readonly ports: number;
  /** The thread begins when this is no longer zero: Int32Array. */
  readonly begin: SharedArrayBuffer;
}

/** By port and frame: the port from which each has left, zero where it has not. */
export type RushEnd = Uint16Array;

// A worker in a thread of its own sends many flows, as fast as it can.

const start = workerData as RushStart;
const { frames, firstPort, ports } = start;
const rush = new Rush(start, FRAME_BYTES);
const view = new DataView(start.memory.buffer);
const bytes = new Uint8Array(start.memory.buffer);
const found: RushEnd = new Uint16Array(ports * frames.length);

parentPort?.postMessage('ready');
Atomics.wait(new Int32Array(start.begin), 0, 0);
for (let first = 0; first < found.length; first += BURST_MAX) {
  const write = (at: number, index: number) => {
    const flow = first + index;
    bytes.set(frames[flow % frames.length] ?? [], at);
    view.setUint16(at + SOURCE_PORT, firstPort + Math.floor(flow / frames.length));
  };
  const left = (at: number, index: number) => {
    found[first + index] = view.getUint16(at + SOURCE_PORT);
  };
  rush.pass(start.port, Math.min(BURST_MAX, found.length - first), write, left);
}
rush.close();
parentPort?.postMessage(found);
