import type { MetricFamily } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { Vxlans } from './vxlans.ts';

/** Shows how many far ends and stations tunnels know as metrics. */
export function showVxlans(telemetry: Pick<Telemetry, 'metrics'>, vxlans: Vxlans): void {
  telemetry.metrics.register(() => vxlanMetrics(vxlans));
}

function vxlanMetrics({ farEnds, flooding, stations }: Vxlans): readonly MetricFamily[] {
  return [
    {
      name: 'millrace_vxlan_far_ends',
      type: 'gauge',
      help: 'Far ends of tunnels, by who has named them.',
      samples: Object.entries(farEnds.counts).map(([origin, value]) => ({ labels: { origin }, value })),
    },
    {
      name: 'millrace_vxlan_flood_entries',
      type: 'gauge',
      help: 'Far ends in the flood lists of all VNIs.',
      samples: [{ labels: {}, value: flooding.lists.size }],
    },
    {
      name: 'millrace_vxlan_stations',
      type: 'gauge',
      help: 'Stations that routed tunnels know the far ends of.',
      samples: [{ labels: {}, value: stations.size }],
    },
  ];
}
