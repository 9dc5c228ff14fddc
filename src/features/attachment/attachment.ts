import Type, { type Static } from 'typebox';
import { apiVersion, type Immutable, metadata } from '../../kube/object.ts';

export const attachmentKinds = ['veth', 'tap', 'vhost-user', 'memif'] as const;

export const attachmentKind = Type.Enum([...attachmentKinds], {
  description: "veth and tap are the kernel's; vhost-user and memif are for DPDK applications.",
});

export const interfaceName = (description: string) =>
  Type.String({ pattern: '^[a-zA-Z0-9][-_.a-zA-Z0-9]{0,14}$', examples: ['eth0', 'net1'], description });

/** Says which end of a socket listens. */
const socketOwner = Type.Enum(['pod', 'router'], {
  description: 'Who makes the socket and listens: the pod, so that the router may restart, or the router.',
});

const spec = Type.Object(
  {
    node: Type.String({ description: 'The node that the container runs on.' }),
    containerId: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'What the runtime calls the sandbox of the container; absent before there is one.',
      }),
    ),
    pod: Type.Optional(
      Type.Object(
        {
          namespace: Type.String({ description: 'Its namespace.' }),
          name: Type.String({ description: 'Its name.' }),
          uid: Type.Optional(Type.String({ description: 'Tells it from an earlier one of the same name.' })),
        },
        { additionalProperties: false, description: 'Whose container it is.' },
      ),
    ),
    network: Type.String({ description: 'The VirtualNetwork, as NAMESPACE/NAME.' }),
    interface: interfaceName('What the interface is called in the container.'),
    kind: attachmentKind,
    socketOwner: Type.Optional(socketOwner),
    addresses: Type.Array(Type.String(), {
      default: [],
      description: 'Addresses asked for, without length; those of its blocks when none of a family is given.',
    }),
    mac: Type.Optional(Type.String({ description: 'The Ethernet address asked for.' })),
  },
  { additionalProperties: false },
);

export const attachmentStates = ['pending', 'ready', 'failed', 'leaving'] as const;

const status = Type.Object({
  state: Type.Enum([...attachmentStates], { description: 'Whether packets can flow.' }),
  since: Type.String({ description: 'When it came to this state, as RFC 3339 has it.' }),
  reason: Type.Optional(Type.String({ description: 'Why it is in this state.' })),
  addresses: Type.Array(Type.String(), { description: 'ADDRESS/LENGTH, as the container has them.' }),
  gateways: Type.Array(Type.String(), { description: 'One of each family.' }),
  mac: Type.Optional(Type.String({ description: 'The Ethernet address in the container.' })),
  mtu: Type.Optional(Type.Integer({ description: 'Largest IP packet.' })),
  netns: Type.Optional(Type.String({ description: 'The path of the network namespace.' })),
  port: Type.Optional(Type.String({ description: "The router's port." })),
  socketPath: Type.Optional(
    Type.String({ description: 'The socket of vhost-user or memif, as the host sees it.' }),
  ),
  pciAddress: Type.Optional(Type.String({ description: 'Of the device, where it is one.' })),
  numaNode: Type.Optional(Type.Integer({ description: 'Whose memory the device is near to.' })),
  vrf: Type.Optional(Type.String({ description: "The router's VRF that it is in." })),
  nextHop: Type.Optional(Type.Integer({ description: "The id of the router's next hop." })),
  label: Type.Optional(Type.Integer({ description: 'The MPLS label that leads to it.' })),
});

export const attachmentSchema = Type.Object(
  {
    apiVersion: Type.Literal(apiVersion),
    kind: Type.Literal('Attachment'),
    metadata,
    spec,
    status: Type.Optional(status),
  },
  { additionalProperties: false, description: "The one record of what a container's interface is." },
);

export type AttachmentKind = (typeof attachmentKinds)[number];
export type AttachmentState = (typeof attachmentStates)[number];
/** Written by the agent of its node for each interface of each container. */
export type Attachment = Immutable<Static<typeof attachmentSchema>>;
export type AttachmentSpec = Attachment['spec'];
export type AttachmentStatus = Immutable<Static<typeof status>>;
