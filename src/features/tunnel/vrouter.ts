import type { Router } from '../../engine/host/router.ts';
import type { IpFeature } from '../ip/index.ts';
import { UdpPorts } from './udp-ports.ts';

export { showTunnels } from './telemetry.ts';

/** What all tunnels share. */
export interface TunnelFeature {
  readonly udpPorts: UdpPorts;
}

/** Sets up what tunnels receive by. */
export function startTunnels(router: Router, ip: IpFeature): TunnelFeature {
  return { udpPorts: new UdpPorts(router, ip) };
}
