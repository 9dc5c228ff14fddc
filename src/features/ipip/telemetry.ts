import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import { formatAddress } from '../../net/address.ts';
import type { Ipips } from './ipips.ts';

/** Shows the tunnels that put IP into IP as metrics; what they carry is counted by interface. */
export function showIpips(telemetry: Pick<Telemetry, 'metrics'>, ipips: Pick<Ipips, 'list'>): void {
  telemetry.metrics.register(() => [
    {
      name: 'millrace_ipip_up',
      type: 'gauge',
      help: 'Whether the local address of a tunnel that puts IP into IP is one of ours.',
      samples: ipips.list.map(([{ name, running }, { local, remote }]) => ({
        labels: { interface: name, local: formatAddress(local), remote: formatAddress(remote) },
        value: running ? 1 : 0,
      })),
    },
  ]);
}
