import type { MetricFamily } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { LabelTarget } from './label.ts';
import type { LabelCounters } from './label-counters.ts';
import type { Labels } from './labels.ts';

/** What is known of labels. */
interface Known {
  readonly labels: Pick<Labels, 'all' | 'count'>;
  readonly counters: Pick<LabelCounters, 'of'>;
}

/** Shows how many labels lead where, and what has come with each, as metrics. */
export function showLabels(telemetry: Pick<Telemetry, 'metrics'>, known: Known): void {
  telemetry.metrics.register(() => [leading(known), ...received(known)]);
}

function leading({ labels }: Known): MetricFamily {
  return {
    name: 'millrace_labels',
    type: 'gauge',
    help: 'MPLS labels that mean something here, by where they lead.',
    samples: TYPES.map((type) => ({ labels: { type }, value: labels.count(type) })),
  };
}

const TYPES: readonly LabelTarget['type'][] = ['vrf', 'nexthop', 'swap', 'iface'];

const none = { packets: 0n, bytes: 0n };

/** Of labels that nothing has come with there is no sample: there may be very many. */
function received({ labels, counters }: Known): readonly MetricFamily[] {
  const counts = labels.all
    .flatMap(({ label }) => ({ labels: { label }, ...(counters.of(label) ?? none) }))
    .filter(({ packets }) => packets > 0n);
  return [
    {
      name: 'millrace_label_received_packets',
      type: 'counter',
      help: 'Packets whose label was taken off here.',
      samples: counts.map(({ labels: name, packets }) => ({ labels: name, value: packets })),
    },
    {
      name: 'millrace_label_received_bytes',
      type: 'counter',
      unit: 'bytes',
      help: 'Bytes of these packets from the label on.',
      samples: counts.map(({ labels: name, bytes }) => ({ labels: name, value: bytes })),
    },
  ];
}
