// What the agent takes from this feature.
export { connectRuntime, type Runtime } from './connect-runtime.ts';
