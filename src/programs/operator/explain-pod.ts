import { type Attachment, addressesOf } from '../../features/attachment/index.ts';
import type { NodePlan } from '../../features/plan/index.ts';
import { referenceTo } from '../../kube/object.ts';
import { parseAddress } from '../../net/address.ts';
import { contains, parsePrefix } from '../../net/prefix.ts';
import type { Cluster } from './load-cluster.ts';
import { indent } from './named.ts';

/** Says what a pod is attached to, and how others reach it. */
export function explainPod(cluster: Cluster, name: string): readonly string[] {
  const attachments = cluster.objects.attachments.filter(({ spec: { pod } }) =>
    pod === undefined ? false : name === pod.name || name === `${pod.namespace}/${pod.name}`,
  );
  const byPod = Map.groupBy(attachments, ({ spec: { pod } }) => `${pod?.namespace}/${pod?.name}`);
  return [...byPod].flatMap(([pod, all]) => [
    `pod ${pod}`,
    ...indent(all.flatMap((attachment) => attachmentLines(cluster, attachment))),
  ]);
}

function attachmentLines({ compiled }: Cluster, attachment: Attachment): readonly string[] {
  const { spec, status } = attachment;
  const plan = compiled.plans.get(spec.node);
  const failures = compiled.failures.get(referenceTo(attachment)) ?? [];
  const state = status === undefined ? 'not made yet' : `${status.state} since ${status.since}`;
  const why = status?.reason === undefined ? '' : `: ${status.reason}`;
  return [
    `interface ${spec.interface}: ${spec.kind} in ${spec.network} on ${spec.node}, ${state}${why}`,
    ...indent([
      ...(plan === undefined
        ? []
        : addressesOf(attachment).map((address) => addressLine(plan, spec.network, address))),
      ...(plan === undefined ? [] : networkLines(plan, spec.network)),
      ...(status?.socketPath === undefined ? [] : [`socket ${status.socketPath}`]),
      ...(status?.pciAddress === undefined ? [] : [`device ${status.pciAddress}`]),
      ...failures.map((reason) => `not honoured: ${reason}`),
    ]),
  ];
}

function addressLine(plan: NodePlan, network: string, text: string): string {
  const address = parseAddress(text);
  const subnet = plan.subnets.find(
    (each) => each.network === network && contains(parsePrefix(each.prefix), address),
  );
  const block = subnet?.blocks.find((each) => contains(parsePrefix(each), address));
  if (subnet === undefined) return `${text}: in no subnet of ${network}`;
  if (block !== undefined)
    return `${text}: of block ${block} of its node in ${subnet.name}, other nodes have a route to the block`;
  return `${text}: in ${subnet.name} but in no block of its node, other nodes have a route to this one address`;
}

function networkLines(plan: NodePlan, name: string): readonly string[] {
  const network = plan.networks.find((each) => each.name === name);
  if (network === undefined) return [`${name} is not on ${plan.node}`];
  const place = network.vrf === undefined ? `bridge ${network.bridge}` : `VRF ${network.vrf}`;
  return [
    `${place}, mtu ${network.mtu}, gateways ${network.gateways.join(', ') || 'none'} at ${network.routerMac}`,
  ];
}
