import type { Attachment } from '../attachment/index.ts';
import type { VirtualNetwork } from '../network/index.ts';
import type { Node, VRouter } from '../node/index.ts';
import type { Subnet } from '../subnet/index.ts';

/** All that a cluster's plans are made of: valid objects, with their defaults, in any order. */
export interface Objects {
  readonly nodes: readonly Node[];
  readonly vrouters: readonly VRouter[];
  readonly networks: readonly VirtualNetwork[];
  readonly subnets: readonly Subnet[];
  readonly attachments: readonly Attachment[];
}
