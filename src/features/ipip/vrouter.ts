import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import type { NextHops } from '../neighbor/index.ts';
import { followUnderlay } from '../tunnel/index.ts';
import { Ipips } from './ipips.ts';
import { Reception } from './reception.ts';
import { ipipService } from './service.ts';

export { showIpips } from './telemetry.ts';

/** Tunnels that put IP into IP. */
export interface IpipFeature {
  readonly ipips: Ipips;
  /** Stops following the underlay. */
  close(): void;
}

/** Sets up tunnels and their service. */
export function startIpips(
  router: Router,
  needs: { readonly interfaces: Interfaces; readonly nextHops: NextHops; readonly ip: IpFeature },
): IpipFeature {
  const { interfaces, nextHops, ip } = needs;
  const { addresses, routes } = ip;
  const ipips = new Ipips(router, { interfaces, addresses, routes, nextHops, reception: new Reception(ip) });
  router.rewrites.add(ipips.rewrite);
  router.services.push(ipipService(interfaces, ipips));
  const following = followUnderlay(router, needs, () => {
    ipips.refresh();
    return false;
  });
  return { ipips, close: () => following.close() };
}
