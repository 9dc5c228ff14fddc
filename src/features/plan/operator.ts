// What the operator takes from this feature.
export { type NetworkRoutes, networkRoutes, type Spread } from './network-routes.ts';
export { type NodeParts, nodePlan } from './node-plan.ts';
export type { Presence } from './presence.ts';
export { senderClass } from './tunnels.ts';
