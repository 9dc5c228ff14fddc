import type { VirtualNetwork } from '../../features/network/index.ts';
import type { NodePlan, PlannedNetwork } from '../../features/plan/index.ts';
import { keyOf, referenceTo } from '../../kube/object.ts';
import { progressOf } from './explain-progress.ts';
import type { Cluster } from './load-cluster.ts';
import { indent, named, selectionText } from './named.ts';

/** Says what a network is, where, and why. */
export function explainNetwork(cluster: Cluster, name: string): readonly string[] {
  return named(cluster.objects.networks, name).flatMap((network) => [
    `network ${keyOf(network)}`,
    ...indent([
      ...planned(cluster, network),
      ...refused(cluster, network),
      ...progressOf(cluster.statuses, network),
    ]),
  ]);
}

interface Host {
  readonly plan: NodePlan;
  readonly network: PlannedNetwork;
}

function planned({ compiled }: Cluster, object: VirtualNetwork): readonly string[] {
  const hosts: Host[] = [...compiled.plans.values()].flatMap((plan) =>
    plan.networks.filter(({ name }) => name === keyOf(object)).map((network) => ({ plan, network })),
  );
  const [first] = hosts;
  if (first === undefined) return [`is nowhere: it is for ${selectionText(object.spec)}`];
  const { network } = first;
  return [
    `is for ${selectionText(object.spec)}: ${hosts.map(({ plan }) => plan.node).join(', ')}`,
    network.vrf === undefined ? `bridge ${network.bridge}, L2` : `VRF ${network.vrf}, L3`,
    `vni ${network.vni}, ${origin(object.spec.vni)}`,
    `label ${network.label}, ${origin(object.spec.label)}`,
    `mtu ${network.mtu}, ${mtuReason(object, hosts)}`,
    `imports ${network.imports.join(', ') || 'no other network'}`,
    ...subnetLines(hosts, keyOf(object)),
    ...wayLines(hosts),
  ];
}

function origin(wanted: 'auto' | number): string {
  return wanted === 'auto' ? 'made of its id' : 'as asked for';
}

function mtuReason({ spec }: VirtualNetwork, hosts: readonly Host[]): string {
  if (spec.mtu !== 'auto') return 'as asked for';
  const underlay = Math.min(...hosts.map(({ plan }) => plan.underlay.mtu));
  return hosts.length < 2
    ? `the underlay's ${underlay}: no tunnels`
    : `the underlay's ${underlay} less the largest headers of ${spec.encapsulations.join(', ')}`;
}

function subnetLines(hosts: readonly Host[], network: string): readonly string[] {
  const subnets = hosts.flatMap(({ plan }) => plan.subnets.filter((subnet) => subnet.network === network));
  const byName = Map.groupBy(subnets, ({ name }) => name);
  return [...byName].map(([name, all]) => {
    const blocks = all.reduce((sum, { blocks }) => sum + blocks.length, 0);
    return `subnet ${name} ${all[0]?.prefix}: gateway ${all[0]?.gateway}, ${blocks} blocks on ${all.length} nodes`;
  });
}

/** How the first node reaches the others: the first encapsulation of the list that both can. */
function wayLines([first]: readonly Host[]): readonly string[] {
  const vrf = first?.plan.vrfs.find(({ name }) => name === first.network.vrf);
  const ways = (vrf?.routes ?? []).flatMap(({ node, way }) =>
    way.kind === 'tunnel' && node !== undefined
      ? [`${first?.plan.node} → ${node}: ${way.encapsulation} to ${way.farEnd}`]
      : [],
  );
  return [...new Set(ways)].slice(0, 10);
}

function refused({ compiled }: Cluster, network: VirtualNetwork): readonly string[] {
  return (compiled.failures.get(referenceTo(network)) ?? []).map((reason) => `not honoured: ${reason}`);
}
