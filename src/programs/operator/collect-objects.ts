import type { Attachment } from '../../features/attachment/index.ts';
import type { VirtualNetwork } from '../../features/network/index.ts';
import type { Node, VRouter } from '../../features/node/index.ts';
import type { Objects } from '../../features/plan/index.ts';
import type { Subnet } from '../../features/subnet/index.ts';

/** Any object of our kinds. */
export type AnyObject = Node | VRouter | VirtualNetwork | Subnet | Attachment;

/** Sorts valid objects by kind. */
export function collectObjects(all: readonly AnyObject[]): Objects {
  return {
    nodes: all.filter((object) => object.kind === 'Node'),
    vrouters: all.filter((object) => object.kind === 'VRouter'),
    networks: all.filter((object) => object.kind === 'VirtualNetwork'),
    subnets: all.filter((object) => object.kind === 'Subnet'),
    attachments: all.filter((object) => object.kind === 'Attachment'),
  };
}
