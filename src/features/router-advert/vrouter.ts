import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import { RouterAdverts } from './router-adverts.ts';
import { routerAdvertService } from './service.ts';

export { showRouterAdverts } from './telemetry.ts';

/** What announcing takes of the features below it. */
export interface RouterAdvertFeatureNeeds {
  readonly interfaces: Interfaces;
  readonly ip: Pick<IpFeature, 'addresses' | 'takeMessage'>;
}

/** Lets interfaces announce the router to the hosts of their links. */
export function startRouterAdverts(
  router: Router,
  { interfaces, ip }: RouterAdvertFeatureNeeds,
): { readonly adverts: RouterAdverts; readonly close: () => Promise<void> } {
  const adverts = new RouterAdverts({
    router,
    interfaces,
    addresses: ip.addresses,
    nowMs: () => performance.now(),
    random: Math.random,
  });
  router.rewrites.add(adverts.rewrite);
  router.services.push(routerAdvertService(interfaces, adverts));
  ip.takeMessage(ROUTER_SOLICITATION, 'router-solicitation');
  const ticking = setInterval(() => adverts.tick(), TICK_MS).unref();
  return {
    adverts,
    close: async () => {
      clearInterval(ticking);
      await adverts.close();
    },
  };
}

const ROUTER_SOLICITATION = 133;
const TICK_MS = 100;
