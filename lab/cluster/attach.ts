import { fileURLToPath } from 'node:url';
import type { CniResult } from '../agent.ts';
import { attempt } from '../command.ts';
import { LabError } from '../lab-error.ts';
import type { NodePlace } from './place.ts';
import type { AttachedInterface } from './record.ts';
import type { PodInterface } from './topology.ts';

/** The CNI executable of this clone. */
const executable = fileURLToPath(new URL('../../build/millrace-cni', import.meta.url));

/** An interface that a pod is to have. */
export interface WantedInterface extends PodInterface {
  readonly pod: string;
  /** The pod's network namespace. */
  readonly namespace: string;
}

/** Attaches an interface of a pod to its node's router, as a container runtime does. @throws LabError */
export async function attach(node: NodePlace, wanted: WantedInterface): Promise<AttachedInterface> {
  const { pod, name, namespace, network, kind } = wanted;
  const variables = {
    CNI_COMMAND: 'ADD',
    CNI_CONTAINERID: pod.replace('/', '.'),
    CNI_NETNS: `/run/netns/${namespace}`,
    CNI_IFNAME: name,
  };
  const words = Object.entries(variables).map(([key, value]) => `${key}=${value}`);
  const base = { cniVersion: '1.1.0', name: network, type: 'millrace-cni', agentSocket: node.agentSocket };
  const input = JSON.stringify({ ...base, network, kind });
  const { status, stdout, stderr } = await attempt(['env', '-i', ...words, executable], { input });
  if (status === 0) return attached(wanted, JSON.parse(stdout));
  throw new LabError(
    'LAB_CNI',
    `expected ${name} of ${pod} to be attached on ${node.name}, got ${stdout}${stderr}`,
  );
}

function attached({ name, kind, network }: WantedInterface, result: CniResult): AttachedInterface {
  const addresses = (result.ips ?? []).map(({ address }) => address.replace(/\/.*/, ''));
  const made = result.interfaces?.find((each) => each.name === name);
  const [ip4, ip6] = [false, true].map((isIp6) => addresses.find((each) => each.includes(':') === isIp6));
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
