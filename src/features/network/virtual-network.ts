import Type, { type Static } from 'typebox';
import { apiVersion, type Immutable, metadata } from '../../kube/object.ts';
import { encapsulation, encapsulationNames } from '../node/index.ts';

const automatic = Type.Literal('auto');

export const virtualNetworkSchema = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('VirtualNetwork'),
    metadata,
    spec: Type.Object(
      {
        type: Type.Enum(['L3', 'L2'], {
          default: 'L3',
          description: 'L3 routes between its interfaces, L2 is one Ethernet segment over all nodes.',
        }),
        ipFamily: Type.Enum(['ipv4', 'ipv6', 'dual'], {
          default: 'dual',
          description: 'The families that its subnets may have.',
        }),
        encapsulations: Type.Array(encapsulation, {
          default: [...encapsulationNames],
          minItems: 1,
          uniqueItems: true,
          description:
            'In the order of choice: the first that both nodes can is used. L2 travels in VXLAN only.',
        }),
        vni: Type.Union([automatic, Type.Integer({ minimum: 1, maximum: 16777215 })], {
          default: 'auto',
          description: 'The number of the network in VXLAN; auto makes one of its id.',
        }),
        label: Type.Union([automatic, Type.Integer({ minimum: 16, maximum: 1048575 })], {
          default: 'auto',
          description: 'The MPLS label of the network, the same on all nodes; auto makes one of its id.',
        }),
        mtu: Type.Union([automatic, Type.Integer({ minimum: 1280, maximum: 9216 })], {
          default: 'auto',
          description: "Largest IP packet inside; auto is the underlay's less the headers around it.",
        }),
        imports: Type.Array(Type.String(), {
          default: [],
          uniqueItems: true,
          description:
            'Networks that are reached from this one, as NAME or NAMESPACE/NAME. Both must name each other.',
        }),
        external: Type.Boolean({
          default: false,
          description:
            'Routes, without NAT, between the network and what is reached by the ports of the VRF main.',
        }),
        nodes: Type.Optional(
          Type.Array(Type.String(), {
            description: 'The nodes that have it, by name; all when neither is given.',
          }),
        ),
        nodeSelector: Type.Optional(
          Type.Record(Type.String(), Type.String(), {
            description: 'The nodes that have it, by their labels.',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    status: Type.Optional(
      Type.Object({
        id: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 1048575,
            description: 'What vni and label are made of, where they are auto.',
          }),
        ),
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'A network of pods, isolated from all others it does not import.',
  },
);

export type VirtualNetwork = Immutable<Static<typeof virtualNetworkSchema>>;
