import Type, { type Static } from 'typebox';
import type { Immutable } from '../../kube/object.ts';
import { attachmentSchema } from '../attachment/index.ts';
import { plannedNetwork } from '../network/index.ts';
import { plannedEncapsulation, plannedPort, plannedUnderlay, plannedVRouter } from '../node/index.ts';
import { plannedSubnet } from '../subnet/index.ts';

const tunnel = Type.Object({
  kind: Type.Literal('tunnel'),
  encapsulation: plannedEncapsulation,
  farEnd: Type.String({ description: 'The address of the other node, in the VRF main.' }),
  number: Type.Integer({ description: "The network's label there, or its VNI for vxlan." }),
});

const way = Type.Union([
  tunnel,
  Type.Object({
    kind: Type.Literal('vrf'),
    vrf: Type.String({ description: 'Looked up again in this VRF.' }),
  }),
  Type.Object({ kind: Type.Literal('gateway'), address: Type.String() }),
  Type.Object({
    kind: Type.Literal('unreachable'),
    reason: Type.String({
      description: 'Why nothing goes there: a block of this node, or no encapsulation in common.',
    }),
  }),
]);

const route = Type.Object({
  prefix: Type.String(),
  node: Type.Optional(Type.String({ description: 'The node behind it.' })),
  way,
});

const vrf = Type.Object({
  id: Type.Integer({ description: "The network's id, the same on all nodes; 0 for main." }),
  name: Type.String({ description: 'At most 15 bytes.' }),
  networks: Type.Array(Type.String(), { description: 'The networks whose addresses it routes.' }),
  routes: Type.Array(route, {
    description:
      'By network and node. What attachments of this node need is not among them: their host routes follow from them.',
  }),
});

export const nodePlanSchema = Type.Object({
  node: Type.String(),
  vrouter: plannedVRouter,
  underlay: plannedUnderlay,
  ports: Type.Array(plannedPort),
  vrfs: Type.Array(vrf, { description: 'main is among them.' }),
  networks: Type.Array(plannedNetwork),
  subnets: Type.Array(plannedSubnet),
  attachments: Type.Array(attachmentSchema, { description: 'Those of this node.' }),
  warnings: Type.Array(Type.String(), { description: 'What works, but perhaps not as meant.' }),
});

/** What one node shall be: plain data, ordered by name, the same for the same objects. */
export type NodePlan = Immutable<Static<typeof nodePlanSchema>>;
export type PlannedVrf = Immutable<Static<typeof vrf>>;
export type PlannedRoute = Immutable<Static<typeof route>>;
export type Way = Immutable<Static<typeof way>>;
export type Tunnel = Immutable<Static<typeof tunnel>>;
