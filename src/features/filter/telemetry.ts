import type { MetricFamily } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { Filters } from './filters.ts';

/** Shows what met rules with names, and what met none, as metrics. */
export function showFilters(telemetry: Pick<Telemetry, 'metrics'>, filters: Filters): void {
  telemetry.metrics.register(() => filterMetrics(filters));
}

function filterMetrics(filters: Filters): readonly MetricFamily[] {
  const counted = filters.all.flatMap((filter) => [
    ...filter.rules
      .filter(({ name }) => name !== '')
      .map((rule) => ({
        labels: { filter: filter.name, rule: rule.name, index: String(rule.index), action: rule.action },
        count: filters.count(filter, rule),
      })),
    {
      labels: { filter: filter.name, rule: 'default', index: '', action: filter.other },
      count: filters.count(filter),
    },
  ]);
  return [
    {
      name: 'millrace_filter_packets',
      type: 'counter',
      help: 'Packets that met a rule with a name, or none of the list.',
      samples: counted.map(({ labels, count }) => ({ labels, value: count.packets })),
    },
    {
      name: 'millrace_filter_bytes',
      type: 'counter',
      unit: 'bytes',
      help: 'Bytes of these packets, with their Ethernet headers.',
      samples: counted.map(({ labels, count }) => ({ labels, value: count.bytes })),
    },
  ];
}
