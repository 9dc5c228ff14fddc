import type { Bench } from './bench.ts';
import { bridge, bridgeFdb } from './benches/bridge.ts';
import { cni } from './benches/cni.ts';
import { compile } from './benches/compile.ts';
import { filter } from './benches/filter.ts';
import { forward, forward6, forwardMix, forwardRoutes } from './benches/forward.ts';
import { forwardOverlays } from './benches/forward-overlays.ts';
import { idle } from './benches/idle.ts';
import { forwardInstructions } from './benches/instructions.ts';
import { tap, veth } from './benches/iperf.ts';
import { mplsogreDecap, mplsogreEncap, mplsoudpDecap, mplsoudpEncap } from './benches/mpls.ts';
import { dnat44, snat44New } from './benches/nat.ts';
import { overlayInstructions } from './benches/overlay-instructions.ts';
import { firstPacket, ping } from './benches/ping.ts';
import { restart } from './benches/restart.ts';
import { routes } from './benches/routes.ts';
import { srv6Encap } from './benches/srv6.ts';
import { ctl, start } from './benches/start.ts';
import { latency, vhost } from './benches/vhost.ts';
import { vxlanDecap, vxlanEncap, vxlanVnis } from './benches/vxlan.ts';
import { workers } from './benches/workers.ts';

/** All benchmarks, in the order they are run and shown. */
export const catalogue: readonly Bench[] = [
  forward,
  forwardInstructions,
  forward6,
  forwardRoutes,
  forwardMix,
  forwardOverlays,
  filter,
  bridge,
  bridgeFdb,
  vxlanEncap,
  vxlanDecap,
  vxlanVnis,
  mplsoudpEncap,
  mplsoudpDecap,
  mplsogreEncap,
  mplsogreDecap,
  srv6Encap,
  dnat44,
  snat44New,
  overlayInstructions,
  workers,
  vhost,
  latency,
  tap,
  veth,
  idle,
  routes,
  firstPacket,
  ping,
  start,
  restart,
  ctl,
  cni,
  compile,
];
