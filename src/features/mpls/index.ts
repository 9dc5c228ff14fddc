// What higher features take from this one.
export type { Label, LabelTarget } from './label.ts';
export type { Labels } from './labels.ts';
export type { MplsFeature } from './vrouter.ts';
