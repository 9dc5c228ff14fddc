import type { InterfaceList, NeighborRouter } from './host.ts';
import type { Neighbor } from './neighbor-state.ts';
import { describeNextHop, interfaceOf, type NextHop } from './next-hop.ts';

/** What happens to next hops, for whoever watches events. */
export class NextHopEvents {
  readonly #router: Pick<NeighborRouter, 'emit'>;
  readonly #interfaces: Pick<InterfaceList, 'find' | 'vrfName'>;

  constructor(router: Pick<NeighborRouter, 'emit'>, interfaces: Pick<InterfaceList, 'find' | 'vrfName'>) {
    this.#router = router;
    this.#interfaces = interfaces;
  }

  /** Tells what has become of a next hop, and of the neighbour that it may be. */
  tell(type: 'nh new' | 'nh update' | 'nh del', nextHop: NextHop, neighbor: Neighbor | undefined): void {
    const iface = this.#interfaces.find(interfaceOf(nextHop))?.name ?? '';
    const vrf = nextHop.vrf === 0 ? '' : this.#interfaces.vrfName(nextHop.vrf);
    this.#router.emit({ type, text: describeNextHop(nextHop, { vrf, iface }, neighbor) });
  }
}
