// What higher features take from this one.
export type { TakeFunctions } from '../../engine/host/rewrites.ts';
export type { ControlPlaneCounters, InterfaceCounters, InterfaceCounting } from './counters.ts';
export type { InterfaceDetails } from './details.ts';
export {
  DEFAULT_MTU,
  describe,
  type ImposedAttributes,
  type Interface,
  type InterfaceAttributes,
  interfaceDefaults,
  MIN_MTU,
  sendsFrames,
} from './interface.ts';
export type { InterfaceStep } from './interface-steps.ts';
export {
  type InterfaceRecord,
  type InterfaceSources,
  InterfaceTable,
} from './interface-table.ts';
export { CROSS_CONNECT, type InterfaceListener, type InterfaceType } from './interface-type.ts';
export { type InterfaceRouter, Interfaces, type NewInterface } from './interfaces.ts';
export { interfaceMessage, readAttributes } from './service.ts';
export { readWay, StepBindings, type Way } from './step-bindings.ts';
export type { InterfaceFeature } from './vrouter.ts';
