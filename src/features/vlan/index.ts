// What higher features take from this one.
export { type VlanFunctions, vlanFunctionNames } from './vlan-table.ts';
export type { Vlans } from './vlans.ts';
