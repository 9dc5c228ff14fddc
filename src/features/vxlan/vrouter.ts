import type { Router } from '../../engine/host/router.ts';
import type { Fdb } from '../bridge/index.ts';
import type { Interfaces } from '../interface/index.ts';
import type { IpFeature } from '../ip/index.ts';
import type { NextHops } from '../neighbor/index.ts';
import type { TunnelFeature } from '../tunnel/index.ts';
import { shareFarEnds } from './fdb-far-ends.ts';
import { followWays } from './follow-ways.ts';
import { vxlanService } from './service.ts';
import { Vxlans } from './vxlans.ts';

export { showVxlans } from './telemetry.ts';

/** VXLAN tunnels. */
export interface VxlanFeature {
  readonly vxlans: Vxlans;
  /** Stops keeping the time of what was learnt, and following the underlay. */
  close(): void;
}

/** Sets up tunnels and their service. */
export function startVxlans(
  router: Router,
  needs: {
    readonly interfaces: Interfaces;
    readonly nextHops: NextHops;
    readonly ip: IpFeature;
    readonly tunnel: TunnelFeature;
    readonly fdb: Fdb;
  },
): VxlanFeature {
  const { interfaces, ip, tunnel } = needs;
  const { addresses } = ip;
  tunnel.udpPorts.define('vxlan-input', 'vxlan');
  const nowMs = () => performance.now();
  const vxlans = new Vxlans(router, { interfaces, addresses, udpPorts: tunnel.udpPorts, nowMs });
  router.rewrites.add(vxlans.rewrite);
  shareFarEnds(needs.fdb, vxlans);
  const following = followWays(router, needs, vxlans);
  router.services.push(vxlanService(interfaces, vxlans));
  const ticking = setInterval(() => vxlans.tick(), TICK_MS).unref();
  const close = () => {
    clearInterval(ticking);
    following.close();
  };
  return { vxlans, close };
}

/** How exactly the age of what was learnt is kept. */
const TICK_MS = 10_000;
