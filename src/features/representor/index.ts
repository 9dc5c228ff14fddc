// What higher features take from this one.
export type { Representors } from './representors.ts';
