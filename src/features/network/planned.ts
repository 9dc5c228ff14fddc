import Type, { type Static } from 'typebox';
import type { Immutable } from '../../kube/object.ts';
import { plannedEncapsulation } from '../node/index.ts';

export const plannedNetwork = Type.Object({
  name: Type.String({ description: 'NAMESPACE/NAME' }),
  type: Type.Enum(['L3', 'L2']),
  id: Type.Integer(),
  vrf: Type.Optional(Type.String({ description: 'The VRF of an L3 network.' })),
  bridge: Type.Optional(Type.String({ description: 'The bridge of an L2 network; at most 15 bytes.' })),
  encapsulations: Type.Array(plannedEncapsulation, { description: 'In the order of choice.' }),
  vni: Type.Integer(),
  label: Type.Integer({ description: 'Packets that come with it are looked up in the VRF.' }),
  mtu: Type.Integer({ description: 'Of the interfaces in containers.' }),
  routerMac: Type.String({ description: 'The Ethernet address of every gateway.' }),
  gateways: Type.Array(Type.String(), { description: 'ADDRESS/LENGTH of each subnet.' }),
  imports: Type.Array(Type.String(), { description: 'The networks reached from it, as NAMESPACE/NAME.' }),
  flood: Type.Array(Type.String(), {
    description: 'L2 only: the far ends that get what is for all, or for an unknown station.',
  }),
});

export type PlannedNetwork = Immutable<Static<typeof plannedNetwork>>;
