import {
  WORKER_BUSY_ROUNDS,
  WORKER_CAPTURE,
  WORKER_EVENTS,
  WORKER_ROUNDS,
  WORKER_SLEEPS,
  WORKER_STAGE,
  WORKER_TRAPPED,
  WORKER_TRAPS,
} from '../../layout.ts';
import { areaOf, type TelemetrySource } from './source.ts';

/** What a worker says of itself (datapath/worker.ts), all counted since the start. */
export interface WorkerState {
  readonly rounds: bigint;
  /** Rounds that found a packet. */
  readonly busyRounds: bigint;
  readonly sleeps: bigint;
  readonly traps: bigint;
  /** Packets lost to traps. */
  readonly trapped: bigint;
  /** Messages to the control thread, and captured packets, that their rings had no room for. */
  readonly eventsLost: number;
  readonly capturesLost: number;
  /** Id of the stage it ran last outside of the common paths. */
  readonly stage: number;
}

/** Reads a worker's state. */
export function readWorkerState(source: TelemetrySource, worker: number): WorkerState {
  const { view } = source;
  const area = areaOf(source, worker);
  return {
    rounds: view.getBigUint64(area + WORKER_ROUNDS, true),
    busyRounds: view.getBigUint64(area + WORKER_BUSY_ROUNDS, true),
    sleeps: view.getBigUint64(area + WORKER_SLEEPS, true),
    traps: view.getBigUint64(area + WORKER_TRAPS, true),
    trapped: view.getBigUint64(area + WORKER_TRAPPED, true),
    eventsLost: view.getUint32(area + WORKER_EVENTS + RING_LOST, true),
    capturesLost: view.getUint32(area + WORKER_CAPTURE + RING_LOST, true),
    stage: view.getUint32(area + WORKER_STAGE, true),
  };
}

const RING_LOST = 8;
