import { WORKER_COUNTERS } from '../../layout.ts';
import { allAreas, areaOf, type TelemetrySource } from './source.ts';

/** What was counted of one node: a stage, an ending or a drop. */
export interface NodeCounter {
  readonly batches: bigint;
  readonly packets: bigint;
  /** Cycles of the packets that were measured, and how many these were. */
  readonly cycles: bigint;
  readonly measured: bigint;
}

export const zeroCounter: NodeCounter = { batches: 0n, packets: 0n, cycles: 0n, measured: 0n };

/** Reads what one worker has counted, by node id. */
export function readCounters(source: TelemetrySource, worker: number): readonly NodeCounter[] {
  const start = areaOf(source, worker) + WORKER_COUNTERS;
  return source.info.graph.nodes.map(({ id }) => readCounter(source.view, start + id * COUNTER_BYTES));
}

/** Sets the counters of a node to zero in all areas. */
export function clearCounters(source: TelemetrySource, node: number): void {
  for (const area of allAreas) {
    const counter = areaOf(source, area) + WORKER_COUNTERS + node * COUNTER_BYTES;
    new Uint8Array(source.view.buffer, counter, COUNTER_BYTES).fill(0);
  }
}

/** Gives what was counted between two readings; a counter that has started anew counts whole. */
export function counterSince(now: NodeCounter, before: NodeCounter): NodeCounter {
  if (now.packets < before.packets) return now;
  return combine(now, before, (a, b) => a - b);
}

/** Adds up what several workers counted of one node. */
export function sumCounters(counters: readonly NodeCounter[]): NodeCounter {
  return counters.reduce((sum, counter) => combine(sum, counter, (a, b) => a + b), zeroCounter);
}

const COUNTER_BYTES = 32;

function readCounter(view: DataView, address: number): NodeCounter {
  return {
    batches: view.getBigUint64(address, true),
    packets: view.getBigUint64(address + 8, true),
    cycles: view.getBigUint64(address + 16, true),
    measured: view.getBigUint64(address + 24, true),
  };
}

function combine(a: NodeCounter, b: NodeCounter, join: (a: bigint, b: bigint) => bigint): NodeCounter {
  return {
    batches: join(a.batches, b.batches),
    packets: join(a.packets, b.packets),
    cycles: join(a.cycles, b.cycles),
    measured: join(a.measured, b.measured),
  };
}
