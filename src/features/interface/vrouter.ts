import type { Router } from '../../engine/host/router.ts';
import { InterfaceCounting } from './counters.ts';
import { Interfaces } from './interfaces.ts';
import { RateMeter } from './rates.ts';
import { interfaceService } from './service.ts';

export { showInterfaces } from './telemetry.ts';

/** The vRouter's interfaces with their counters and their service. */
export interface InterfaceFeature {
  readonly interfaces: Interfaces;
  readonly counting: InterfaceCounting;
  readonly rates: RateMeter;
  close(): void;
}

/** Sets up the interface table and its service. */
export function startInterfaces(router: Router): InterfaceFeature {
  const interfaces = new Interfaces(router);
  router.rewrites.add(interfaces.rewrite);
  const counting = new InterfaceCounting(router, interfaces);
  const rates = new RateMeter(() => new Map(interfaces.list.map((iface) => [iface.id, counting.of(iface)])));
  rates.start();
  router.services.push(interfaceService(interfaces, counting, rates));
  return { interfaces, counting, rates, close: () => rates.close() };
}
