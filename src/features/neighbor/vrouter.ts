import type { ApiService } from '../../engine/host/api/service.ts';
import type { Rewrites } from '../../engine/host/rewrites.ts';
import type { EtherFeature } from '../ether/index.ts';
import type { AddressAnswers, AddressProbes } from './answers.ts';
import type { InterfaceList, NeighborRouter } from './host.ts';
import type { Nexthop } from './neighbor_pb.js';
import { TICK_MS } from './neighbors.ts';
import type { NextHop } from './next-hop.ts';
import { NextHops } from './next-hops.ts';
import type { NextHopStages } from './routing.ts';
import { nexthopMessage, nexthopService } from './service.ts';
import { UserNextHops } from './user-next-hops.ts';

export { showNextHops } from './telemetry.ts';

/** What higher features take from this one. */
export interface NeighborFeature {
  readonly nextHops: NextHops;
  readonly answers: AddressAnswers;
  readonly probes: AddressProbes;
  /** What users do with next hops, for features that have kinds of their own. */
  readonly users: UserNextHops;
  /** A next hop as the API's message. */
  message(nextHop: NextHop): Nexthop;
  /** Stops keeping the neighbours' time. */
  close(): void;
}

/** Sets up next hops and neighbours, whose packets go to the stages of the feature that routes. */
export function startNeighbors(options: {
  readonly router: NeighborRouter & {
    readonly services: ApiService[];
    readonly rewrites: Pick<Rewrites, 'add'>;
  };
  readonly interfaces: InterfaceList;
  readonly ether: EtherFeature;
  readonly stages: NextHopStages;
}): NeighborFeature {
  const { router, interfaces, ether, stages } = options;
  const nowMs = () => performance.now();
  const hops = new NextHops({ router, interfaces, stages, nowMs });
  router.rewrites.add(hops.rewrite);
  router.rewrites.add(hops.answers.rewrite);
  const users = new UserNextHops(hops);
  ether.takeType(0x0806, 'arp-input');
  router.services.push(nexthopService({ hops, users, interfaces, nowMs }));
  const ticking = setInterval(() => hops.neighbors.tick(), TICK_MS).unref();
  return {
    nextHops: hops,
    answers: hops.answers,
    probes: hops.answers,
    users,
    message: (nextHop) => nexthopMessage({ hops, interfaces, nowMs }, nextHop),
    close: () => clearInterval(ticking),
  };
}
