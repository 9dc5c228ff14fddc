// What the agent takes from this feature.
export { type CollectOptions, collect } from './collect.ts';
export { connectRuntime, type Runtime } from './connect-runtime.ts';
