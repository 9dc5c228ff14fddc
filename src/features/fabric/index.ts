// What higher features take from this one.
export { gatewayVrf } from './bridge-pieces.ts';
