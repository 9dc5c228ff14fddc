import type { NodePlan } from '../plan/index.ts';

/** The part of a node's plan that its router is made of, but for what containers need. */
export type RouterPlan = Pick<NodePlan, 'node' | 'vrouter' | 'ports' | 'vrfs' | 'networks' | 'underlay'>;
