import Type, { type Static } from 'typebox';
import { apiVersion, type Immutable, metadata } from '../../kube/object.ts';

/** How packets travel between nodes, as users write it. */
export const encapsulationNames = ['MPLSoUDP', 'MPLSoGRE', 'VXLAN'] as const;

export const encapsulation = Type.Enum([...encapsulationNames], {
  description: 'MPLS in UDP (RFC 7510), MPLS in GRE (RFC 4023) or VXLAN (RFC 7348).',
});

const mask = (description: string) =>
  Type.String({
    pattern: '^(0[xX][0-9a-fA-F]+|[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*)$',
    examples: ['0xf', '1,2,4', '1-4'],
    description: `${description} As bits, a list or a range.`,
  });

/** What of a port is not the same on every node. */
const portOnNode = Type.Object(
  {
    device: Type.Optional(Type.String({ description: 'Replaces the device of the port on this node.' })),
    addresses: Type.Optional(Type.Array(Type.String(), { description: 'ADDRESS/LENGTH, on this node.' })),
    gateways: Type.Optional(
      Type.Array(Type.String(), { description: 'Next hops of default routes, on this node.' }),
    ),
  },
  { additionalProperties: false },
);

export const port = Type.Object(
  {
    name: Type.String({
      pattern: '^[a-zA-Z0-9][-_.a-zA-Z0-9]{0,14}$',
      examples: ['p0', 'uplink'],
      description: 'Names the port in the router; at most 15 bytes.',
    }),
    device: Type.String({
      minLength: 1,
      description: 'What DPDK opens: a PCI address such as 0000:01:00.0, or net_af_packet0,iface=eth1.',
    }),
    vrf: Type.String({
      default: 'main',
      maxLength: 15,
      description: 'The VRF of the port; tunnels run in main.',
    }),
    mtu: Type.Integer({ default: 1500, minimum: 1280, maximum: 9216, description: 'Largest IP packet.' }),
    addresses: Type.Array(Type.String(), {
      default: [],
      description: 'ADDRESS/LENGTH, the same on every node: for what has one node only.',
    }),
    gateways: Type.Array(Type.String(), {
      default: [],
      description: 'Next hops of the default routes of the VRF, one of a family.',
    }),
    nodes: Type.Record(Type.String(), portOnNode, {
      default: {},
      description: 'By the name of a node: what is different there.',
    }),
  },
  { additionalProperties: false },
);

const hugepages = Type.Object(
  {
    size: Type.Enum(['2Mi', '1Gi'], {
      default: '2Mi',
      description: 'Of one page.',
    }),
    count: Type.Integer({ minimum: 1, maximum: 1048576, description: 'Pages that the router takes.' }),
  },
  { additionalProperties: false, description: 'Memory of the router; without it, none are asked for.' },
);

export const dpdk = Type.Object(
  {
    cpuCoreMask: Type.Optional(mask('CPUs of the workers that forward packets, one worker each.')),
    serviceCoreMask: Type.Optional(mask('CPUs of service threads.')),
    dpdkCtrlThreadMask: Type.Optional(mask('CPUs of control threads.')),
    dpdkCommandAdditionalArgs: Type.String({
      default: '',
      description: 'Further arguments for EAL, such as --no-huge; blanks separate, quotes join.',
    }),
    dpdkUioDriver: Type.Enum(['vfio-pci', 'uio_pci_generic', 'igb_uio'], {
      default: 'vfio-pci',
      description: 'The kernel driver that PCI devices are bound to.',
    }),
    hugepages: Type.Optional(hugepages),
  },
  { additionalProperties: false, description: 'How DPDK runs.' },
);

export const vrouterSchema = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('VRouter'),
    metadata,
    spec: Type.Object(
      {
        nodes: Type.Optional(
          Type.Array(Type.String(), {
            description: 'The nodes that run it, by name; all when neither is given.',
          }),
        ),
        nodeSelector: Type.Optional(
          Type.Record(Type.String(), Type.String(), {
            description: 'The nodes that run it, by their labels; all must agree.',
          }),
        ),
        agentModeType: Type.Enum(['dpdk', 'kernel'], {
          default: 'dpdk',
          description: 'What forwards packets. Only dpdk is built: kernel is refused.',
        }),
        agent: Type.Optional(
          Type.Object(
            {
              dpdk: Type.Optional(dpdk),
              default: Type.Optional(
                Type.Object(
                  { dpdk: Type.Optional(dpdk) },
                  { additionalProperties: false, description: 'Where other examples have them.' },
                ),
              ),
            },
            {
              additionalProperties: false,
              description: 'The settings of DPDK: in agent.dpdk or in agent.default.dpdk.',
            },
          ),
        ),
        encapsulations: Type.Array(encapsulation, {
          default: [...encapsulationNames],
          minItems: 1,
          uniqueItems: true,
          description: 'What its nodes can receive, in no order.',
        }),
        ports: Type.Array(port, { default: [], description: 'Links to the underlay.' }),
      },
      { additionalProperties: false },
    ),
    status: Type.Optional(Type.Unknown()),
  },
  {
    additionalProperties: false,
    description: 'The router of some nodes: how it runs and what it is connected to.',
  },
);

export type VRouter = Immutable<Static<typeof vrouterSchema>>;
export type VRouterPort = Immutable<Static<typeof port>>;
export type DpdkSettings = Immutable<Static<typeof dpdk>>;
export type EncapsulationName = (typeof encapsulationNames)[number];
