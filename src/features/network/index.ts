// What higher features take from this one.
export type { NetworkCore } from './network-core.ts';
export { placeByName } from './place-by-name.ts';
export { type PlannedNetwork, plannedNetwork } from './planned.ts';
export { type VirtualNetwork, virtualNetworkSchema } from './virtual-network.ts';
