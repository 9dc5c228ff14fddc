import type { Family, IpAddress } from '../../net/address.ts';

/** A stage for each family. */
export type StagePair = Readonly<Record<Family, string>>;

/** The stages that take packets to a next hop, by what it is: they belong to the feature that routes, above this one. */
export interface NextHopStages {
  /** Takes packets to another station. */
  readonly forward: StagePair;
  /** Takes packets to where something is put round them. */
  readonly encapsulation: StagePair;
  /** Takes packets to an address of ours. */
  readonly local: StagePair;
  readonly blackhole: StagePair;
  readonly reject: StagePair;
  /** Takes packets to a neighbour that has been asked for in vain. */
  readonly unreachable: StagePair;
  /** Looks packets up in another VRF. */
  readonly vrf: StagePair;
  /** Chooses a group's member. */
  readonly group: StagePair;
  /** Takes packets that were held, once their next hop is resolved. */
  readonly output: StagePair;
}

/** What the feature that routes packets knows of addresses and routes. */
export interface Routing {
  /** The address of ours to ask for a neighbour from; undefined when the interface has none that fits. */
  sourceFor(iface: number, target: IpAddress): IpAddress | undefined;
  /** Tells whether an address belongs to a subnet of an interface: others are not learnt there. */
  isOnLink(iface: number, address: IpAddress): boolean;
  /** Names some of the routes that use a next hop, for whoever wants to remove it. */
  usersOf(nextHop: number): readonly string[];
}

/** Before a routing feature has said anything: we have no addresses, no subnets and no routes. */
export const noRouting: Routing = {
  sourceFor: () => undefined,
  isOnLink: () => false,
  usersOf: () => [],
};
