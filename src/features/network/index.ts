// What higher features take from this one.
export { type VirtualNetwork, virtualNetworkSchema } from './virtual-network.ts';
