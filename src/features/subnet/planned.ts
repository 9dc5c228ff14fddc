import Type, { type Static } from 'typebox';
import type { Immutable } from '../../kube/object.ts';

export const plannedSubnet = Type.Object({
  name: Type.String({ description: 'NAMESPACE/NAME' }),
  network: Type.String(),
  prefix: Type.String(),
  gateway: Type.String({ description: 'Without length.' }),
  blocks: Type.Array(Type.String(), { description: 'The prefixes that this node hands addresses out of.' }),
  excluded: Type.Array(Type.String(), {
    description: 'Prefixes that no container is given; the gateway is one.',
  }),
  sticky: Type.Boolean(),
});

export type PlannedSubnet = Immutable<Static<typeof plannedSubnet>>;
