import type { Router } from '../../engine/host/router.ts';
import type { EtherFeature } from '../ether/index.ts';
import type { Interfaces } from '../interface/index.ts';
import type { NeighborFeature } from '../neighbor/index.ts';
import { LabelCounters } from './label-counters.ts';
import { LabelStacks } from './label-stacks.ts';
import { Labels } from './labels.ts';
import { MplsInterfaces } from './mpls-interfaces.ts';
import { MplsNextHops } from './mpls-next-hops.ts';
import { Pseudowires } from './pseudowires.ts';
import { mplsService } from './service.ts';

export { showLabels } from './telemetry.ts';

/** What higher features and the program take from this one. */
export interface MplsFeature {
  readonly labels: Labels;
  readonly counters: LabelCounters;
  readonly nextHops: MplsNextHops;
}

/** Sets up labels, next hops that push some, and their service. */
export function startMpls(
  router: Router,
  needs: {
    readonly interfaces: Interfaces;
    readonly ether: EtherFeature;
    readonly neighbors: NeighborFeature;
  },
): MplsFeature {
  const { interfaces, ether, neighbors } = needs;
  const stacks = new LabelStacks(router);
  const mplsNextHops = new MplsNextHops({ interfaces, neighbors, stacks });
  const counters = new LabelCounters(router);
  const labels = new Labels(router, { interfaces, nextHops: neighbors.nextHops, stacks, counters });
  const mplsInterfaces = new MplsInterfaces(router, interfaces);
  const pseudowires = new Pseudowires(router, { interfaces, nextHops: neighbors.nextHops });
  for (const { rewrite } of [stacks, counters, labels, mplsInterfaces, pseudowires])
    router.rewrites.add(rewrite);
  for (const etherType of MPLS_ETHER_TYPES) ether.takeType(etherType, 'mpls-receive');
  const labelsInput = { table: 'labels-input', key: 'from tunnels', stage: 'mpls-input' };
  router.dispatch.set(labelsInput, router.region('LABELS_INPUT'));
  router.services.push(
    mplsService({ interfaces, neighbors, labels, counters, mplsNextHops, mplsInterfaces, pseudowires }),
  );
  return { labels, counters, nextHops: mplsNextHops };
}

/** Labels that the receiver has given out, and those of which the context says whose they are (RFC 5332 3). */
const MPLS_ETHER_TYPES = [0x8847, 0x8848];
