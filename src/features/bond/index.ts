// What higher features take from this one.
export type { Bonds } from './bonds.ts';
