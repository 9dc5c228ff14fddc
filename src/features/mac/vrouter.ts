import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import { Macs } from './macs.ts';
import { macService } from './service.ts';

export { showMacs } from './telemetry.ts';

/** Sets up further MAC addresses and their service. */
export function startMacs(router: Router, interfaces: Interfaces): Macs {
  const macs = new Macs(router, interfaces);
  router.rewrites.add(macs.rewrite);
  router.services.push(macService(macs, interfaces));
  return macs;
}
