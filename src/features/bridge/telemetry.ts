import type { MetricFamily } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { Interfaces } from '../interface/index.ts';
import type { Bridges } from './bridges.ts';
import type { Fdb } from './fdb.ts';
import type { Unlearnt } from './unlearnt.ts';

/** What is known of bridges. */
interface Known {
  readonly bridges: Bridges;
  readonly fdb: Fdb;
  readonly unlearnt: Unlearnt;
}

/** Shows how many stations each bridge knows, and how many were not learnt, as metrics. */
export function showBridges(
  telemetry: Pick<Telemetry, 'metrics'>,
  interfaces: Interfaces,
  feature: Known,
): void {
  telemetry.metrics.register(() => bridgeMetrics(interfaces, feature));
}

function bridgeMetrics(interfaces: Interfaces, { bridges, fdb, unlearnt }: Known): readonly MetricFamily[] {
  const all = interfaces.list.filter(({ type }) => type === 'bridge');
  return [
    {
      name: 'millrace_bridge_members',
      type: 'gauge',
      help: 'Interfaces that are bound to a bridge.',
      samples: all.map(({ id, name }) => ({
        labels: { bridge: name },
        value: bridges.membersOf(id).length,
      })),
    },
    {
      name: 'millrace_fdb_entries',
      type: 'gauge',
      help: 'Stations that a bridge knows.',
      samples: all.map(({ id, name }) => ({ labels: { bridge: name }, value: fdb.sizeOf(id) })),
    },
    {
      name: 'millrace_fdb_max_entries',
      type: 'gauge',
      help: 'The largest number of stations of all bridges together.',
      samples: [{ labels: {}, value: fdb.max }],
    },
    {
      name: 'millrace_fdb_unlearnt_packets',
      type: 'counter',
      help: 'Packets of strangers that were not learnt: too many in one second, or no room for them.',
      samples: [{ labels: {}, value: unlearnt.total }],
    },
  ];
}
