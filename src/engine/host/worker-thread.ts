import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import {
  MAX_STAGES,
  WORKER_AREAS,
  WORKER_BURST_COUNT,
  WORKER_CLOCK,
  WORKER_COMMAND,
  WORKER_CURRENT,
  WORKER_STAGE,
  WORKER_TRAPPED,
  WORKER_TRAPS,
  WORKER_WAITING,
} from '../layout.ts';
import { type Datapath, type Instance, instantiate } from './datapath.ts';
import { burstFunctions, setClockAddress, threadId, workerRegister, workerUnregister } from './dpdk.ts';
import { crossingFunctions } from './fast-calls.ts';
import type { WorkerCommand, WorkerReport, WorkerStart } from './worker-messages.ts';

// A datapath worker: one pinned thread that runs the datapath's loop until the control thread calls it back.

const start = await firstMessage();
const area = WORKER_AREAS + start.index * start.workerStride;
const words = new Int32Array(start.memory.buffer);
const view = new DataView(start.memory.buffer);
const host = { ...burstFunctions(), ...crossingFunctions() };
/** The lists of the stages, and a bit for each (datapath/waiting.ts). */
const WAITING_BYTES = MAX_STAGES * 16 + MAX_STAGES / 8;

let { module } = start.datapath;

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
  const calledMs = performance.now();
  Atomics.store(words, (area + WORKER_COMMAND) >> 2, 0);
  for (let message = nextCommand(); message; message = nextCommand()) {
    if (message.kind === 'stop') return false;
    if (message.kind === 'pin') pin(message.cpu);
    if (message.kind === 'swap') takeOver(message.module, calledMs);
  }
  return true;
}

/** A trap costs the burst: its packets are given up, and a fresh instance goes on. */
function recover(trap: unknown): void {
  const stage = stageAtWork();
  instance = makeInstance();
  const dropped = dropBurst();
  count(area + WORKER_TRAPS, 1);
  count(area + WORKER_TRAPPED, dropped);
  const { message, stack = '' } = trap instanceof Error ? trap : new Error(String(trap));
  report({ kind: 'trap', ...(stage === undefined ? {} : { stage }), stack, dropped, reason: message });
}

/** The stage that has a packet in its hands; on the fast way nobody notes it, and the trap's stack has to tell. */
function stageAtWork(): number | undefined {
  return view.getUint32(area + WORKER_CURRENT, true) === 0
    ? undefined
    : view.getUint32(area + WORKER_STAGE, true);
}

/** Where even that traps, the worker forgets what it held: buffers are lost, and it goes on. */
function dropBurst(): number {
  try {
    return instance.engine.dropBurst();
  } catch {
    view.setUint32(area + WORKER_CURRENT, 0, true);
    view.setUint32(area + WORKER_BURST_COUNT, 0, true);
    new Uint8Array(start.memory.buffer, area + WORKER_WAITING, WAITING_BYTES).fill(0);
    instance = makeInstance();
    return 0;
  }
}

/** Goes on with another module over the same memory, in which the one before has left nothing undone. */
function takeOver(next: Datapath['module'], calledMs: number): void {
  module = next;
  instance = makeInstance();
  report({ kind: 'swapped', pauseMs: performance.now() - calledMs });
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
  const { memory, index, packetDelta } = start;
  return instantiate({ datapath: { module }, memory, host, worker: index, packetDelta });
}

/** The thread starts before there is anything to do: what it is for comes as its first message. */
function firstMessage(): Promise<WorkerStart> {
  return new Promise((resolve) => parentPort?.once('message', resolve));
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
