import { CROSS_CONNECT, type Interfaces } from '../interface/index.ts';

/** Lets interfaces be bound straight to others: what one receives, the other sends. */
export function startCrossConnects(interfaces: Interfaces): void {
  interfaces.defineMode(CROSS_CONNECT, 'xc-forward');
}
