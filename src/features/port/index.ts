// What higher features take from this one.
export type { Ports } from './ports.ts';
export { type TrialInterface, writeTrialInterface } from './trial-interface.ts';
