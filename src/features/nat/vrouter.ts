import type { Router } from '../../engine/host/router.ts';
import type { Interfaces } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import type { NeighborFeature } from '../neighbor/index.ts';
import { conntrackService } from './conntrack-service.ts';
import { NatRules } from './nat-rules.ts';
import { HAIRPIN_STAGE, OwnedAddresses } from './owned-addresses.ts';
import { natService } from './service.ts';
import { Sessions, TICK_MS } from './sessions.ts';

export { showNat } from './telemetry.ts';

/** Translation of addresses. */
export interface NatFeature {
  readonly rules: NatRules;
  readonly sessions: Sessions;
  /** Stops keeping the time of sessions. */
  close(): void;
}

/** Sets up the rules of NAT, the sessions, and the services of both. */
export function startNat(
  router: Router,
  needs: { readonly interfaces: Interfaces; readonly ip: IpFeature; readonly neighbors: NeighborFeature },
): NatFeature {
  const { interfaces, ip, neighbors } = needs;
  const sessions = new Sessions(router, () => performance.now());
  const { addresses, routes } = ip;
  const { answers, nextHops } = neighbors;
  const owned = new OwnedAddresses({ interfaces, addresses, routes, answers, nextHops });
  router.dispatch.note({ table: 'next-hop-input', key: 'nat44 ipv4', stage: HAIRPIN_STAGE });
  const rules = new NatRules(router, interfaces, {
    owned: (iface, address, is) => (is ? owned.add(iface, address) : owned.delete(iface, address)),
    withdrawn: (iface) => void sessions.flush(iface),
  });
  router.rewrites.add(rules.rewrite);
  router.services.push(natService(interfaces, rules), conntrackService(interfaces, sessions));
  const ticking = setInterval(() => sessions.tick(), TICK_MS).unref();
  return { rules, sessions, close: () => clearInterval(ticking) };
}
