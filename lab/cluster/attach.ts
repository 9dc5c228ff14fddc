import { addressesIn, type CniResult, callCni } from '../cni-call.ts';
import { LabError } from '../lab-error.ts';
import type { NodePlace } from './place.ts';
import type { AttachedInterface } from './record.ts';
import type { PodInterface } from './topology.ts';

/** An interface that a pod is to have. */
export interface WantedInterface extends PodInterface {
  readonly pod: string;
  /** The pod's network namespace. */
  readonly namespace: string;
}

/** Attaches an interface of a pod to its node's router, as a container runtime does. @throws LabError */
export async function attach(node: NodePlace, wanted: WantedInterface): Promise<AttachedInterface> {
  const { pod, name, namespace, network, kind } = wanted;
  const { status, stdout, stderr } = await callCni(node.agentSocket, {
    command: 'ADD',
    container: pod.replace('/', '.'),
    netns: `/run/netns/${namespace}`,
    iface: name,
    configuration: { name: network, network, kind },
  });
  if (status === 0) return attached(wanted, JSON.parse(stdout));
  throw new LabError(
    'LAB_CNI',
    `expected ${name} of ${pod} to be attached on ${node.name}, got ${stdout}${stderr}`,
  );
}

function attached({ name, kind, network }: WantedInterface, result: CniResult): AttachedInterface {
  const { ip4, ip6 } = addressesIn(result);
  const made = result.interfaces?.find((each) => each.name === name);
  return {
    name,
    kind,
    network,
    ...(ip4 && { ip4 }),
    ...(ip6 && { ip6 }),
    gateways: (result.ips ?? []).map(({ gateway }) => gateway),
    ...(made?.mac && { mac: made.mac }),
    ...(made?.mtu && { mtu: made.mtu }),
    ...(made?.socketPath && { socket: made.socketPath }),
  };
}
