import Type, { type Static } from 'typebox';
import type { Immutable } from '../../kube/object.ts';
import { attachmentSchema } from '../attachment/index.ts';

/** How packets travel between nodes, as the router's commands call it. */
const encapsulation = Type.Enum(['mplsoudp', 'mplsogre', 'vxlan']);

const vrouter = Type.Object(
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

const port = Type.Object({
  name: Type.String(),
  device: Type.String({
    description: 'As DPDK names it: a PCI address or a virtual device with its arguments.',
  }),
  vrf: Type.String(),
  mtu: Type.Integer(),
  addresses: Type.Array(Type.String(), { description: 'ADDRESS/LENGTH' }),
});

const tunnel = Type.Object({
  kind: Type.Literal('tunnel'),
  encapsulation,
  farEnd: Type.String({ description: 'The address of the other node, in the VRF main.' }),
  number: Type.Integer({ description: "The network's label there, or its VNI for vxlan." }),
  routerMac: Type.Optional(Type.String({ description: 'The inner destination of packets in vxlan.' })),
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
      'By prefix. What attachments of this node need is not among them: their host routes follow from them.',
  }),
});

const network = Type.Object({
  name: Type.String({ description: 'NAMESPACE/NAME' }),
  type: Type.Enum(['L3', 'L2']),
  id: Type.Integer(),
  vrf: Type.Optional(Type.String({ description: 'The VRF of an L3 network.' })),
  bridge: Type.Optional(Type.String({ description: 'The bridge of an L2 network; at most 15 bytes.' })),
  encapsulations: Type.Array(encapsulation, { description: 'In the order of choice.' }),
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

const subnet = Type.Object({
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

export const nodePlanSchema = Type.Object({
  node: Type.String(),
  vrouter,
  underlay: Type.Object(
    {
      addresses: Type.Array(Type.String(), { description: 'Our ends of tunnels, at most one of a family.' }),
      mtu: Type.Integer(),
      encapsulations: Type.Array(encapsulation, { description: 'What this node can receive.' }),
    },
    { description: 'Tunnels run in the VRF main.' },
  ),
  ports: Type.Array(port),
  vrfs: Type.Array(vrf, { description: 'main is among them.' }),
  networks: Type.Array(network),
  subnets: Type.Array(subnet),
  attachments: Type.Array(attachmentSchema, { description: 'Those of this node.' }),
  warnings: Type.Array(Type.String(), { description: 'What works, but perhaps not as meant.' }),
});

/** What one node shall be: plain data, ordered by name, the same for the same objects. */
export type NodePlan = Immutable<Static<typeof nodePlanSchema>>;
export type Encapsulation = Immutable<Static<typeof encapsulation>>;
export type PlannedPort = Immutable<Static<typeof port>>;
export type PlannedVrf = Immutable<Static<typeof vrf>>;
export type PlannedRoute = Immutable<Static<typeof route>>;
export type Way = Immutable<Static<typeof way>>;
export type Tunnel = Immutable<Static<typeof tunnel>>;
export type PlannedNetwork = Immutable<Static<typeof network>>;
export type PlannedSubnet = Immutable<Static<typeof subnet>>;
