// What the operator takes from this feature.
export type { NodeStatus } from './node-status.ts';
export { readNodeStatuses } from './status-files.ts';
