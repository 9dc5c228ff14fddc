import Type, { type Static } from 'typebox';
import { apiVersion, type Immutable, metadata } from '../../kube/object.ts';

export const subnetSchema = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('Subnet'),
    metadata,
    spec: Type.Object(
      {
        network: Type.String({ description: 'The VirtualNetwork of the same namespace that has it.' }),
        prefix: Type.String({ description: 'ADDRESS/LENGTH of either family, without host bits.' }),
        gateway: Type.Optional(
          Type.String({ description: 'The address the router answers for; the first one when absent.' }),
        ),
        blockLength: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 128,
            description:
              'Prefix length of the block a node gets: 26 or 122 when absent, or that of a smaller subnet.',
          }),
        ),
        excluded: Type.Array(Type.String(), {
          default: [],
          description: 'Addresses and prefixes that no pod is given.',
        }),
        sticky: Type.Boolean({
          default: false,
          description: 'A pod that comes back under its name gets the address it had.',
        }),
      },
      { additionalProperties: false },
    ),
    status: Type.Optional(
      Type.Object({
        blocks: Type.Optional(
          Type.Record(Type.String(), Type.Array(Type.String()), {
            description: 'The blocks of each node, by its name: they stay with it.',
          }),
        ),
      }),
    ),
  },
  { additionalProperties: false, description: 'Addresses of a network, handed out to nodes in blocks.' },
);

export type Subnet = Immutable<Static<typeof subnetSchema>>;
