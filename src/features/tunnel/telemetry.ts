import type { Telemetry } from '../../engine/host/telemetry/telemetry.ts';
import type { UdpPorts } from './udp-ports.ts';

/** Lets traces show what is inside of tunnels. */
export function showTunnels(telemetry: Telemetry, { udpPorts }: { readonly udpPorts: UdpPorts }): void {
  telemetry.tunnelPorts = () => udpPorts.carried;
}
