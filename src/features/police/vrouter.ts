import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import { Policers } from './policers.ts';
import { policeService } from './service.ts';

export { showPolicers } from './telemetry.ts';

/** Sets up rate limits and their service. */
export function startPolicers(router: Router, interfaces: Interfaces): Policers {
  const policers = new Policers(router, interfaces);
  router.rewrites.add(policers.rewrite);
  router.services.push(policeService(policers, interfaces));
  return policers;
}
