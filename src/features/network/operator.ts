// What the operator takes from this feature.
export { type Externals, externalsOf } from './externals.ts';
export { type Imports, importsOf } from './imports.ts';
export { networkCore, networkMtu } from './network-core.ts';
export { type NetworkNumbers, networkNumbers } from './network-numbers.ts';
