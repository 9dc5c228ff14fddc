// What others take from this feature.
export type { PlannedNetwork } from '../network/index.ts';
export type { Encapsulation, PlannedPort } from '../node/index.ts';
export type { PlannedSubnet } from '../subnet/index.ts';
export type { Objects } from './objects.ts';
export {
  type NodePlan,
  nodePlanSchema,
  type PlannedRoute,
  type PlannedVrf,
  type Tunnel,
  type Way,
} from './plan.ts';
export { planText } from './plan-text.ts';
