import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import type { NeighborFeature } from '../neighbor/index.ts';
import type { TunnelFeature } from '../tunnel/index.ts';
import { DhcpClients } from './clients.ts';
import { Holdings } from './holdings.ts';
import { dhcpService } from './service.ts';

export { showDhcpClients } from './telemetry.ts';

/** What clients take of the features below them. */
export interface DhcpFeatureNeeds {
  readonly interfaces: Interfaces;
  readonly ip: Pick<IpFeature, 'addresses' | 'routes'>;
  readonly neighbors: Pick<NeighborFeature, 'probes'>;
  readonly tunnel: TunnelFeature;
}

/** Lets interfaces get their address from a DHCP server. A router that ends keeps its leases for when it is back. */
export function startDhcpClients(
  router: Router,
  { interfaces, ip, neighbors, tunnel }: DhcpFeatureNeeds,
): { readonly clients: DhcpClients; readonly close: () => void } {
  const nowMs = () => performance.now();
  const holdings = new Holdings(ip, router.log.child({ component: 'dhcp' }));
  const clients = new DhcpClients({
    router,
    interfaces,
    holdings,
    probes: neighbors.probes,
    listen: (doing, on) => {
      if (on) tunnel.udpPorts.take(doing, CLIENT_PORT, 'dhcp-input');
      else tunnel.udpPorts.release(CLIENT_PORT);
    },
    nowMs,
    random: Math.random,
  });
  router.rewrites.add(clients.rewrite);
  router.services.push(dhcpService({ interfaces, clients, holdings, nowMs }));
  const ticking = setInterval(() => clients.tick(), TICK_MS).unref();
  return { clients, close: () => clearInterval(ticking) };
}

const CLIENT_PORT = 68;
const TICK_MS = 100;
