// What higher features take from this one.
export type { VxlanFeature } from './vrouter.ts';
export { overheadOf } from './vxlan.ts';
