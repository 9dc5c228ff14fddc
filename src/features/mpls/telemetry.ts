import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { LabelTarget } from './label.ts';
import type { Labels } from './labels.ts';

/** Shows how many labels lead where as a metric. */
export function showLabels(telemetry: Pick<Telemetry, 'metrics'>, labels: Labels): void {
  telemetry.metrics.register(() => [
    {
      name: 'millrace_labels',
      type: 'gauge',
      help: 'MPLS labels that mean something here, by where they lead.',
      samples: TYPES.map((type) => ({ labels: { type }, value: labels.count(type) })),
    },
  ]);
}

const TYPES: readonly LabelTarget['type'][] = ['vrf', 'nexthop', 'swap', 'iface'];
