// What others take from this feature.
export type { Objects } from './objects.ts';
export {
  type Encapsulation,
  type NodePlan,
  nodePlanSchema,
  type PlannedNetwork,
  type PlannedPort,
  type PlannedRoute,
  type PlannedSubnet,
  type PlannedVrf,
  type Tunnel,
  type Way,
} from './plan.ts';
