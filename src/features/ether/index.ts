// What higher features take from this one.
export { etherTypeEntry } from './ether-types.ts';
export type { EtherFeature } from './vrouter.ts';
