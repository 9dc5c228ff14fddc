// What higher features take from this one.
export type { EtherFeature } from './vrouter.ts';
