// What higher features take from this one.
export { type Subnet, subnetSchema } from './subnet.ts';
