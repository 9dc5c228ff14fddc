// What higher features take from this one.

export { MAIN_VRF, MAX_VRFS, type VrfSizes, Vrfs, type VrfTables } from './vrfs.ts';
export type { VrfFeature } from './vrouter.ts';
