import type { MetricFamily, Sample } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import { isNeighbor, typeWord } from './next-hop.ts';
import type { NextHops } from './next-hops.ts';

/** Shows how many next hops there are of each type, and neighbours in each state, as metrics. */
export function showNextHops(telemetry: Pick<Telemetry, 'metrics'>, nextHops: NextHops): void {
  telemetry.metrics.register(() => nextHopMetrics(nextHops));
}

function nextHopMetrics({ table, neighbors }: NextHops): readonly MetricFamily[] {
  const types = new Map<string, number>();
  const states = new Map<string, number>(
    ['new', 'pending', 'reachable', 'stale', 'failed'].map((state) => [state, 0]),
  );
  for (const nextHop of table.all) {
    countUp(types, typeWord(nextHop.target));
    const state = isNeighbor(nextHop) ? neighbors.find(nextHop.index)?.state : undefined;
    if (state !== undefined) countUp(states, state);
  }
  return [
    {
      name: 'millrace_next_hops',
      type: 'gauge',
      help: 'Next hops, by type.',
      samples: samplesOf('type', types),
    },
    {
      name: 'millrace_neighbors',
      type: 'gauge',
      help: 'Neighbours, by state.',
      samples: samplesOf('state', states),
    },
  ];
}

function countUp(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function samplesOf(label: string, counts: ReadonlyMap<string, number>): readonly Sample[] {
  return [...counts].map(([key, value]) => ({ labels: { [label]: key }, value }));
}
