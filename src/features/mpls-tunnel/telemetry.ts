import type { MetricFamily, Sample } from '../../engine/host/telemetry/openmetrics.ts';
import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import { formatAddress } from '../../net/address.ts';
import type { TunnelTable } from './tunnel-table.ts';
import type { Tunnels } from './tunnels.ts';

/** What is known of tunnels. */
interface Known {
  readonly tunnels: Pick<Tunnels, 'list'>;
  readonly table: Pick<TunnelTable, 'counters'>;
}

/** Shows the tunnels that carry labels, and what leaves by each, as metrics. */
export function showMplsTunnels(telemetry: Pick<Telemetry, 'metrics'>, feature: Known): void {
  telemetry.metrics.register(() => tunnelMetrics(feature));
}

function tunnelMetrics({ tunnels, table }: Known): readonly MetricFamily[] {
  const list = tunnels.list.map(([{ id }, tunnel]) => ({
    labels: { id, encap: tunnel.encapsulation, remote: formatAddress(tunnel.remote) },
    up: tunnel.way.local ? 1 : 0,
    ...table.counters(tunnel.slot),
  }));
  const samples = (value: (each: (typeof list)[number]) => number | bigint): readonly Sample[] =>
    list.map((each) => ({ labels: each.labels, value: value(each) }));
  return [
    {
      name: 'millrace_mpls_tunnel_up',
      type: 'gauge',
      help: 'Whether a tunnel that carries labels has an address to speak from.',
      samples: samples(({ up }) => up),
    },
    {
      name: 'millrace_mpls_tunnel_sent_packets',
      type: 'counter',
      help: 'Packets put into a tunnel that carries labels.',
      samples: samples(({ packets }) => packets),
    },
    {
      name: 'millrace_mpls_tunnel_sent_bytes',
      type: 'counter',
      unit: 'bytes',
      help: 'Bytes of the packets put into a tunnel that carries labels, with their outer headers.',
      samples: samples(({ bytes }) => bytes),
    },
  ];
}
