// What higher features take from this one.
export { type AddressRange, isWithin, rangeAt } from './address-range.ts';
export { type PlannedSubnet, plannedSubnet } from './planned.ts';
export { type Subnet, subnetSchema } from './subnet.ts';
export type { SubnetFacts } from './subnet-facts.ts';
