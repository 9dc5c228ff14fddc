import Type, { type Static } from 'typebox';
import type { Immutable } from '../../kube/object.ts';
import { type Validated, validate } from '../../kube/validate.ts';
import { attachmentKinds, interfaceName } from './attachment.ts';

/** One element of a pod's list of networks: the fields of the NPWG specification that we honour, and our own. */
export const podRequestSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, description: 'The VirtualNetwork.' }),
    namespace: Type.Optional(Type.String({ description: "Its namespace; the pod's when absent." })),
    interface: Type.Optional(
      interfaceName('What the interface is called in the container; net1, net2, … when absent.'),
    ),
    ips: Type.Array(Type.String(), {
      default: [],
      description: "Addresses of the pod's choice.",
    }),
    mac: Type.Optional(
      Type.String({
        pattern: '^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$',
        examples: ['02:00:00:00:00:01'],
        description: 'An Ethernet address of its choice.',
      }),
    ),
    'cni-args': Type.Object(
      {
        kind: Type.Enum([...attachmentKinds], {
          default: 'veth',
          description: 'What the interface is made of.',
        }),
        socketOwner: Type.Optional(
          Type.Enum(['pod', 'router'], {
            description: 'Of vhost-user and memif: who makes the socket; the pod when absent.',
          }),
        ),
      },
      { default: {}, additionalProperties: false, description: 'What only we understand.' },
    ),
  },
  { additionalProperties: false, description: 'An interface that a pod asks for.' },
);

/** An interface that a pod asks for. */
export type PodRequest = Immutable<Static<typeof podRequestSchema>>;

const listed = Type.Array(podRequestSchema);

/** Reads the annotation k8s.v1.cni.cncf.io/networks in either of its forms; empty when there is none. */
export function readPodRequests(annotation: string | undefined): Validated<readonly PodRequest[]> {
  const text = annotation?.trim() ?? '';
  if (text === '') return { value: [] };
  if (!text.startsWith('[')) return readShort(text);
  try {
    return validate(listed, JSON.parse(text));
  } catch (error) {
    return {
      problems: [`expected a JSON list, got ${error instanceof Error ? error.message : String(error)}`],
    };
  }
}

/** [NAMESPACE/]NAME[@INTERFACE], one after the other */
function readShort(text: string): Validated<readonly PodRequest[]> {
  const parts = text.split(',').map((part) => /^(?:([^/@]+)\/)?([^/@]+)(?:@([^/@]+))?$/.exec(part.trim()));
  const wrong = parts.indexOf(null);
  if (wrong >= 0)
    return { problems: [`expected [NAMESPACE/]NAME[@INTERFACE], got "${text.split(',')[wrong]?.trim()}"`] };
  const requests = parts.map((part) => {
    const [, namespace, name, ifname] = part ?? [];
    return { name, ...(namespace && { namespace }), ...(ifname && { interface: ifname }) };
  });
  return validate(listed, requests);
}
