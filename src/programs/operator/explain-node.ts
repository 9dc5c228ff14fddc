import type { NodePlan } from '../../features/plan/index.ts';
import { keyOf } from '../../kube/object.ts';
import { progressOfNode } from './explain-progress.ts';
import type { Cluster } from './load-cluster.ts';
import { indent, selectionText } from './named.ts';

/** Says what a node is and why. */
export function explainNode(cluster: Cluster, name: string): readonly string[] {
  const { objects, compiled, statuses } = cluster;
  const node = objects.nodes.find(({ metadata }) => metadata.name === name);
  if (node === undefined) return [];
  const plan = compiled.plans.get(name);
  const failures = [...compiled.failures].flatMap(([object, reasons]) =>
    reasons.filter((reason) => mentions(reason, name)).map((reason) => `${object}: ${reason}`),
  );
  return [
    `node ${name}`,
    ...indent(plan === undefined ? ['no router: no VRouter that works is for it'] : planned(cluster, plan)),
    ...indent(failures.map((failure) => `not honoured: ${failure}`)),
    ...indent(progressOfNode(statuses, name)),
  ];
}

function mentions(reason: string, node: string): boolean {
  return reason.split(/[\s,:]+/).includes(node);
}

function planned({ objects }: Cluster, plan: NodePlan): readonly string[] {
  const { vrouter, underlay, networks, vrfs, attachments, warnings } = plan;
  const object = objects.vrouters.find((each) => keyOf(each) === vrouter.object);
  const routes = vrfs.reduce((sum, vrf) => sum + vrf.routes.length, 0);
  return [
    `router: VRouter ${vrouter.object}, which is for ${object ? selectionText(object.spec) : 'it'}`,
    `workers: ${cpuText(vrouter.datapathCpus, 'cpuCoreMask')}`,
    `service and control threads: ${cpuText(vrouter.controlCpus, 'serviceCoreMask and dpdkCtrlThreadMask')}`,
    `tunnels: ${underlay.addresses.join(', ') || 'none'}, ${tunnelReason(plan)}`,
    `can receive: ${underlay.encapsulations.join(', ')}, of VRouter.spec.encapsulations`,
    `routes: ${routes} in ${vrfs.length} VRFs`,
    ...networks.map((network) => networkText(network, objects)),
    ...attachments.map(({ metadata, spec }) => `attachment: ${keyOf({ metadata })} in ${spec.network}`),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

function cpuText(cpus: readonly number[], field: string): string {
  return cpus.length === 0
    ? `the router's default, ${field} is not set`
    : `CPUs ${cpus.join(', ')}, of ${field}`;
}

function tunnelReason({ ports }: NodePlan): string {
  const links = ports.filter(({ vrf }) => vrf === 'main').map(({ name }) => name);
  return links.length === 0 ? 'for no port is in the VRF main' : `the first address of ${links.join(', ')}`;
}

function networkText(network: NodePlan['networks'][number], objects: Cluster['objects']): string {
  const object = objects.networks.find((each) => keyOf(each) === network.name);
  const place = network.vrf === undefined ? `bridge ${network.bridge}` : `VRF ${network.vrf}`;
  return `network: ${network.name} in ${place}, which is for ${object ? selectionText(object.spec) : 'it'}`;
}
