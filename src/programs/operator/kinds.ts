import { attachmentSchema } from '../../features/attachment/index.ts';
import { virtualNetworkSchema } from '../../features/network/index.ts';
import { nodeSchema, vrouterSchema } from '../../features/node/index.ts';
import type { Objects } from '../../features/plan/index.ts';
import { subnetSchema } from '../../features/subnet/index.ts';
import { apiVersion } from '../../kube/object.ts';

/** All kinds of objects, in the order in which one needs the other, each with its list in Objects. */
export const kinds = [
  { kind: 'Node', apiVersion: 'v1', list: 'nodes', schema: nodeSchema },
  { kind: 'VRouter', apiVersion, list: 'vrouters', schema: vrouterSchema },
  { kind: 'VirtualNetwork', apiVersion, list: 'networks', schema: virtualNetworkSchema },
  { kind: 'Subnet', apiVersion, list: 'subnets', schema: subnetSchema },
  { kind: 'Attachment', apiVersion, list: 'attachments', schema: attachmentSchema },
] as const satisfies readonly { readonly list: keyof Objects; readonly [key: string]: unknown }[];
