// What higher features take from this one.
export type { Ports } from './ports.ts';
