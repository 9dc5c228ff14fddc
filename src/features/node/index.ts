// What higher features take from this one.
export { type Node, nodeSchema } from './node-object.ts';
export {
  type DpdkSettings,
  type EncapsulationName,
  encapsulation,
  encapsulationNames,
  type VRouter,
  type VRouterPort,
  vrouterSchema,
} from './vrouter-object.ts';
