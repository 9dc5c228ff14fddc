// What the operator takes from this feature.
export { type Assigned, assignRouters } from './assign-routers.ts';
export { routerOnNode } from './node-router.ts';
