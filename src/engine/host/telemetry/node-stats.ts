import { type GraphNode, nodesOf } from '../../compiler/graph.ts';
import { counterSince, type NodeCounter, readCounters, sumCounters, zeroCounter } from './counters.ts';
import { allAreas, type TelemetrySource } from './source.ts';

/** What a node has done since the last reset. */
export interface NodeStats {
  readonly node: GraphNode;
  readonly batches: bigint;
  readonly packets: bigint;
  /** All packets' cycles, as far as the measured ones speak for the others; 0 while these are too few. */
  readonly cycles: bigint;
}

/** The nodes' counters since the last reset: remembered here, because only the workers write their counters. */
export class NodeStatistics {
  readonly #source: TelemetrySource;
  readonly #baselines = new Map<number, readonly NodeCounter[]>();

  constructor(source: TelemetrySource) {
    this.#source = source;
  }

  /** Gives every node's statistics, in the order of the graph, summed over these workers: all when not said. */
  list(workers: readonly number[] = allAreas): readonly NodeStats[] {
    const readings = workers.map((worker) => ({
      now: readCounters(this.#source, worker),
      before: this.#baselines.get(worker) ?? [],
    }));
    return nodesOf(this.#source.info.graph).map((node) => {
      const total = sumCounters(readings.map(({ now }) => now[node.id] ?? zeroCounter));
      const counted = sumCounters(
        readings.map(({ now, before }) =>
          counterSince(now[node.id] ?? zeroCounter, before[node.id] ?? zeroCounter),
        ),
      );
      const { batches, packets } = counted;
      return { node, batches, packets, cycles: estimateCycles(counted, total) };
    });
  }

  /** Counts from zero again. */
  reset(): void {
    for (const worker of allAreas) this.#baselines.set(worker, readCounters(this.#source, worker));
  }
}

/**
 * Cycles are measured in one burst of many; right after a reset the measurements before it have to do. A few packets,
 * which may have found the caches cold or the thread put off its CPU, do not speak for all.
 */
function estimateCycles(counted: NodeCounter, total: NodeCounter): bigint {
  const { cycles, measured } = counted.measured >= LEAST_MEASURED ? counted : total;
  return measured < LEAST_MEASURED ? 0n : (cycles * counted.packets) / measured;
}

const LEAST_MEASURED = 8n;
