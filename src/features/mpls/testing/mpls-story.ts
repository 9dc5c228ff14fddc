import { parseMac } from '../../../net/mac.ts';
import type { Interface } from '../../interface/index.ts';
import type { NextHop } from '../../neighbor/index.ts';
import { HOST_MAC } from '../../neighbor/testing/link-bench.ts';
import { Neighborhood } from '../../neighbor/testing/neighborhood.ts';
import { LabelCounters } from '../label-counters.ts';
import { LabelStacks } from '../label-stacks.ts';
import { Labels } from '../labels.ts';
import { MplsNextHops } from '../mpls-next-hops.ts';

/** The keepers of labels over real next hops and tables: p0 is in VRF red (3), which is interface 30. */
export class MplsStory {
  readonly hood: Neighborhood;
  readonly stacks: LabelStacks;
  readonly nextHops: MplsNextHops;
  readonly labels: Labels;
  readonly counters: LabelCounters;
  readonly red: Interface;

  constructor(hood: Neighborhood) {
    this.hood = hood;
    const { router, hops, users } = hood;
    this.red = hood.interfaces.add({ id: 30, name: 'red', type: 'vrf', vrf: 3 });
    this.stacks = new LabelStacks(router);
    this.counters = new LabelCounters(router);
    const interfaces = hood.interfaces;
    this.nextHops = new MplsNextHops({
      interfaces,
      neighbors: { nextHops: hops, users },
      stacks: this.stacks,
    });
    this.labels = new Labels(router, {
      interfaces,
      nextHops: hops,
      stacks: this.stacks,
      counters: this.counters,
    });
  }

  static async begin(): Promise<MplsStory> {
    return new MplsStory(await Neighborhood.open());
  }

  /** Adds a neighbour that is known, or not, with an id. */
  station(id: number, address: bigint, known = true): NextHop {
    const mac = known ? parseMac(HOST_MAC) : undefined;
    return this.hood.users.add({
      id,
      origin: 'static',
      vrf: 3,
      target: { type: 'L3', iface: 7, address: { family: 'ipv4', value: address }, mac, remote: false },
    });
  }

  /** The words that a next hop shows, with the largest packet that it takes. */
  show(id: number): string {
    const target = this.hood.hops.withId('show', id).target;
    if (target.type !== 'encapsulation') return target.type;
    return `${target.info.join(' ')} mtu=${target.mtu}`;
  }
}
