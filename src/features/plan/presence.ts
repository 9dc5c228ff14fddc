import type { NodeSubnet } from '../attachment/index.ts';
import type { NetworkCore } from '../network/index.ts';

/** A network as one node has it. */
export interface Presence {
  readonly core: NetworkCore;
  readonly mtu: number;
  readonly subnets: readonly NodeSubnet[];
}
