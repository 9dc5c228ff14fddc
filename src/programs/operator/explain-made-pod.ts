import type { Attachment } from '../../features/attachment/index.ts';
import { indent } from './named.ts';

/** Says what a node's agent has made for a pod, or for a container by the beginning of its id. */
export function explainMadePod(attachments: readonly Attachment[], name: string): readonly string[] {
  const own = attachments.filter((attachment) => isOf(attachment, name));
  const byPod = Map.groupBy(own, ownerOf);
  return [...byPod].flatMap(([owner, all]) => [owner, ...indent(all.flatMap(interfaceLines))]);
}

function isOf({ spec: { pod, containerId } }: Attachment, name: string): boolean {
  if (pod !== undefined && (name === pod.name || name === `${pod.namespace}/${pod.name}`)) return true;
  return containerId?.startsWith(name) ?? false;
}

function ownerOf({ spec: { pod, containerId } }: Attachment): string {
  return pod === undefined ? `container ${containerId}` : `pod ${pod.namespace}/${pod.name}`;
}

function interfaceLines({ spec, status }: Attachment): readonly string[] {
  const head = `interface ${spec.interface}: ${spec.kind} in ${spec.network} on ${spec.node}`;
  if (status === undefined) return [`${head}, not made yet`];
  const why = status.reason === undefined ? '' : `: ${status.reason}`;
  const facts: readonly (readonly [string, unknown])[] = [
    ['container', spec.containerId],
    ['addresses', status.addresses.join(', ') || undefined],
    ['gateways', status.gateways.join(', ') || undefined],
    ['MAC address', status.mac],
    ['mtu', status.mtu],
    ['network namespace', status.netns],
    ['socket', status.socketPath],
    ['device', status.pciAddress],
    ['NUMA node', status.numaNode],
    ["router's interface", status.port],
    ['VRF', status.vrf],
    ['next hop', status.nextHop],
    ['label', status.label],
  ];
  const known = facts.filter(([, value]) => value !== undefined).map(([what, value]) => `${what} ${value}`);
  return [`${head}, ${status.state} since ${status.since}${why}`, ...indent(known)];
}
