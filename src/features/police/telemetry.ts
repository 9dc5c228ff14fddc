import type { MetricFamily } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { Policers } from './policers.ts';

/** Shows what rate limits have counted as metrics. */
export function showPolicers(telemetry: Pick<Telemetry, 'metrics'>, policers: Policers): void {
  telemetry.metrics.register(() => policeMetrics(policers));
}

const colours = ['green', 'yellow', 'red'];

function policeMetrics(policers: Policers): readonly MetricFamily[] {
  const counted = policers.list.flatMap(({ name, id }) =>
    policers.table.counts(id).map((count, i) => ({ labels: { name, colour: colours[i] ?? '' }, count })),
  );
  return [
    {
      name: 'millrace_police_packets',
      type: 'counter',
      help: 'Packets that a rate limit has given each colour.',
      samples: counted.map(({ labels, count }) => ({ labels, value: count.packets })),
    },
    {
      name: 'millrace_police_bytes',
      type: 'counter',
      unit: 'bytes',
      help: 'Bytes of these packets, with their Ethernet headers.',
      samples: counted.map(({ labels, count }) => ({ labels, value: count.bytes })),
    },
  ];
}
