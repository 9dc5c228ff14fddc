// What higher features take from this one.
export { type Node, nodeSchema } from './node-object.ts';
export { encapsulationsOf, type NodeRouter } from './node-router.ts';
export {
  type Encapsulation,
  type PlannedPort,
  type PlannedUnderlay,
  type PlannedVRouter,
  plannedEncapsulation,
  plannedPort,
  plannedUnderlay,
  plannedVRouter,
} from './planned.ts';
export { NodeIndex, type NodeSelection } from './selection.ts';
export {
  type DpdkSettings,
  type EncapsulationName,
  encapsulation,
  encapsulationNames,
  type VRouter,
  type VRouterPort,
  vrouterSchema,
} from './vrouter-object.ts';
