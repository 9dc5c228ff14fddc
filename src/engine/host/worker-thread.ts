import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import {
  WORKER_AREAS,
  WORKER_CLOCK,
  WORKER_COMMAND,
  WORKER_STAGE,
  WORKER_TRAPPED,
  WORKER_TRAPS,
} from '../layout.ts';
import { type Instance, instantiate } from './datapath.ts';
import { burstFunctions, setClockAddress, threadId, workerRegister, workerUnregister } from './dpdk.ts';
import type { WorkerCommand, WorkerReport, WorkerStart } from './workers.ts';

// A datapath worker: one pinned thread that runs the datapath's loop until the control thread calls it back.

const start = workerData as WorkerStart;
const area = WORKER_AREAS + start.index * start.workerStride;
const words = new Int32Array(start.memory.buffer);
const view = new DataView(start.memory.buffer);
const host = burstFunctions();

register(start.cpu);
let instance = makeInstance();
report({ kind: 'ready', thread: threadId() });
while (work()) {
  /* work says when to stop */
}
instance.engine.round(); // what the control thread has sent before it said stop
instance.engine.retire();
workerUnregister();
report({ kind: 'stopped' });

/** Runs the loop until it is called back or traps; false when the worker is to stop. */
function work(): boolean {
  try {
    instance.engine.loop();
  } catch (trap) {
    recover(trap);
    return true;
  }
  Atomics.store(words, (area + WORKER_COMMAND) >> 2, 0);
  for (let message = nextCommand(); message; message = nextCommand()) {
    if (message.kind === 'stop') return false;
    if (message.kind === 'pin') pin(message.cpu);
  }
  return true;
}

/** A trap costs the burst: its packets are given up, and a fresh instance goes on. */
function recover(trap: unknown): void {
  const stage = view.getUint32(area + WORKER_STAGE, true);
  instance = makeInstance();
  const dropped = instance.engine.dropBurst();
  count(area + WORKER_TRAPS, 1);
  count(area + WORKER_TRAPPED, dropped);
  report({ kind: 'trap', stage, dropped, reason: trap instanceof Error ? trap.message : String(trap) });
}

function pin(cpu: number): void {
  workerUnregister();
  register(cpu);
  report({ kind: 'pinned', cpu });
}

/** The clock's address belongs to the registration, and goes with it. */
function register(cpu: number): void {
  workerRegister(cpu);
  setClockAddress(area + WORKER_CLOCK);
}

function makeInstance(): Instance {
  const { datapath, memory, index, packetDelta } = start;
  return instantiate({ datapath, memory, host, worker: index, packetDelta });
}

function nextCommand(): WorkerCommand | undefined {
  const received = parentPort && receiveMessageOnPort(parentPort);
  return received?.message as WorkerCommand | undefined;
}

function report(message: WorkerReport): void {
  parentPort?.postMessage(message);
}

function count(address: number, more: number): void {
  view.setBigUint64(address, view.getBigUint64(address, true) + BigInt(more), true);
}
