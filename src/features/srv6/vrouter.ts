import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import type { NeighborFeature } from '../neighbor/index.ts';
import { followUnderlay, Places } from '../tunnel/index.ts';
import { Encaps } from './encaps.ts';
import { MAX_SRV6_ENCAPS, MAX_SRV6_SIDS } from './layout.ts';
import { LocalSids } from './local-sids.ts';
import { srv6Service } from './service.ts';
import { Srv6Table } from './srv6-table.ts';

export { showSrv6 } from './telemetry.ts';

/** Segment routing over IPv6. */
export interface Srv6Feature {
  readonly encaps: Encaps;
  readonly sids: LocalSids;
  /** Stops following the underlay. */
  close(): void;
}

/** Sets up lists of segments and SIDs, and their service. */
export function startSrv6(
  router: Router,
  needs: { readonly interfaces: Interfaces; readonly neighbors: NeighborFeature; readonly ip: IpFeature },
): Srv6Feature {
  const { interfaces, neighbors, ip } = needs;
  const { nextHops, users } = neighbors;
  const { addresses, routes } = ip;
  const table = new Srv6Table(router);
  const lists = new Places(router, { end: MAX_SRV6_ENCAPS, what: 'a list of segments' });
  const encaps = new Encaps({ interfaces, addresses, routes, nextHops, users, table, places: lists });
  const sids = new LocalSids({
    interfaces,
    nextHops,
    users,
    table,
    places: new Places(router, { end: MAX_SRV6_SIDS, what: 'a SID' }),
  });
  for (const { rewrite } of [encaps, sids]) router.rewrites.add(rewrite);
  router.services.push(srv6Service({ interfaces, encaps, sids }));
  const following = followUnderlay(router, { interfaces, nextHops, ip }, () => {
    encaps.refresh();
    return false;
  });
  return { encaps, sids, close: () => following.close() };
}
