import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { Interfaces } from '../interface/index.ts';
import type { DhcpClients } from './clients.ts';

/** Shows which interfaces have a lease as a metric. */
export function showDhcpClients(
  telemetry: Pick<Telemetry, 'metrics'>,
  interfaces: Interfaces,
  clients: DhcpClients,
): void {
  telemetry.metrics.register(() => [
    {
      name: 'millrace_dhcp_bound',
      type: 'gauge',
      help: 'Whether an interface with a DHCP client has a lease.',
      samples: clients.list.map(({ iface, lease }) => ({
        labels: { interface: interfaces.find(iface)?.name ?? '' },
        value: lease ? 1 : 0,
      })),
    },
  ]);
}
