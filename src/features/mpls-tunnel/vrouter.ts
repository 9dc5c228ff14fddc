import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import type { MplsFeature } from '../mpls/index.ts';
import type { NeighborFeature } from '../neighbor/index.ts';
import { followUnderlay, type TunnelFeature } from '../tunnel/index.ts';
import { MAIN_VRF } from '../vrf/index.ts';
import { followLabels } from './follow-labels.ts';
import { Reception } from './reception.ts';
import { mplsTunnelService } from './service.ts';
import { TunnelTable } from './tunnel-table.ts';
import { Tunnels } from './tunnels.ts';

export { showMplsTunnels } from './telemetry.ts';

/** What tunnels that carry labels need of the features below them. */
export interface MplsTunnelNeeds {
  readonly interfaces: Interfaces;
  readonly neighbors: NeighborFeature;
  readonly ip: IpFeature;
  readonly tunnel: TunnelFeature;
  readonly mpls: Pick<MplsFeature, 'labels'>;
}

/** The tunnels that carry labels. */
export interface MplsTunnelFeature {
  readonly tunnels: Tunnels;
  readonly table: TunnelTable;
  /** Stops following the underlay. */
  close(): void;
}

/** Sets up MPLS over UDP and over GRE, and their service. */
export function startMplsTunnels(router: Router, needs: MplsTunnelNeeds): MplsTunnelFeature {
  const { interfaces, neighbors, ip, tunnel, mpls } = needs;
  const { nextHops, users } = neighbors;
  const { addresses, routes } = ip;
  tunnel.udpPorts.define('mplsoudp-input', 'mpls');
  nextHops.defineEncapsulation('mplsoudp', 'mplsoudp-output');
  nextHops.defineEncapsulation('mplsogre', 'mplsogre-output');
  const table = new TunnelTable(router);
  const reception = new Reception({ table, ip, udpPorts: tunnel.udpPorts });
  const tunnels = new Tunnels({ interfaces, addresses, routes, nextHops, users, table, reception });
  followLabels(router, mpls.labels, reception, () => interfaces.vrfNamed('take labels', MAIN_VRF));
  const following = followUnderlay(router, { interfaces, nextHops, ip }, () => tunnels.refresh());
  for (const { rewrite } of [tunnels, reception]) router.rewrites.add(rewrite);
  router.services.push(mplsTunnelService({ interfaces, tunnels, table }));
  return { tunnels, table, close: () => following.close() };
}
