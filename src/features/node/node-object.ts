import Type, { type Static } from 'typebox';
import { type Immutable, metadata } from '../../kube/object.ts';

/** A node as Kubernetes has it; what we do not read may be there, too. */
export const nodeSchema = Type.Object(
  {
    apiVersion: Type.Literal('v1'),
    kind: Type.Literal('Node'),
    metadata,
    spec: Type.Optional(Type.Unknown()),
    status: Type.Optional(
      Type.Object({
        capacity: Type.Optional(
          Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]), {
            description: 'What the machine has: cpu, hugepages-2Mi, hugepages-1Gi.',
          }),
        ),
      }),
    ),
  },
  { description: 'A machine of the cluster.' },
);

export type Node = Immutable<Static<typeof nodeSchema>>;
