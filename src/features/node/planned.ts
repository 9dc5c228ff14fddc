import Type, { type Static } from 'typebox';
import type { Immutable } from '../../kube/object.ts';

/** How packets travel between nodes, as the router's commands call it. */
export const plannedEncapsulation = Type.Enum(['mplsoudp', 'mplsogre', 'vxlan']);

export const plannedVRouter = Type.Object(
  {
    object: Type.String({ description: 'The VRouter that says so, as NAMESPACE/NAME.' }),
    datapathCpus: Type.Array(Type.Integer(), {
      description: "One worker each; empty: the router's default.",
    }),
    controlCpus: Type.Array(Type.Integer(), {
      description: "CPUs of service and control threads; empty: the router's default.",
    }),
    ealArguments: Type.Array(Type.String(), { description: 'What follows -- on the command line.' }),
    uioDriver: Type.String({ description: 'The kernel driver that PCI devices are bound to.' }),
    hugepages: Type.Optional(Type.Object({ size: Type.String(), count: Type.Integer() })),
  },
  { description: 'How the router of this node is started.' },
);

export const plannedPort = Type.Object({
  name: Type.String(),
  device: Type.String({
    description: 'As DPDK names it: a PCI address or a virtual device with its arguments.',
  }),
  vrf: Type.String(),
  mtu: Type.Integer(),
  addresses: Type.Array(Type.String(), { description: 'ADDRESS/LENGTH' }),
});

export const plannedUnderlay = Type.Object(
  {
    addresses: Type.Array(Type.String(), { description: 'Our ends of tunnels, at most one of a family.' }),
    mtu: Type.Integer(),
    encapsulations: Type.Array(plannedEncapsulation, { description: 'What this node can receive.' }),
  },
  { description: 'Tunnels run in the VRF main.' },
);

export type Encapsulation = Immutable<Static<typeof plannedEncapsulation>>;
export type PlannedVRouter = Immutable<Static<typeof plannedVRouter>>;
export type PlannedPort = Immutable<Static<typeof plannedPort>>;
export type PlannedUnderlay = Immutable<Static<typeof plannedUnderlay>>;
