import { formatCpuList } from '../../command/cpu-list.ts';
import type { Attachment } from '../attachment/index.ts';
import type { PlannedNetwork } from '../network/index.ts';
import type { PlannedPort } from '../node/index.ts';
import type { PlannedSubnet } from '../subnet/index.ts';
import type { NodePlan, PlannedRoute, PlannedVrf, Way } from './plan.ts';

/** Writes a plan for people to read, one thing a line. */
export function planText(plan: NodePlan): string {
  const lines = [
    `node ${plan.node}`,
    ...indent(routerLines(plan)),
    ...indent(plan.ports.map(portLine)),
    ...indent(plan.vrfs.flatMap(vrfLines)),
    ...indent(plan.networks.flatMap(networkLines)),
    ...indent(plan.subnets.map(subnetLine)),
    ...indent(plan.attachments.map(attachmentLine)),
    ...indent(plan.warnings.map((warning) => `warning: ${warning}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function routerLines({ vrouter, underlay }: NodePlan): readonly string[] {
  const { object, datapathCpus, controlCpus, ealArguments, hugepages } = vrouter;
  const memory = hugepages === undefined ? '' : `, ${hugepages.count} hugepages of ${hugepages.size}`;
  return [
    `router of VRouter ${object}: workers on ${cpus(datapathCpus)}, control on ${cpus(controlCpus)}${memory}`,
    ...(ealArguments.length === 0 ? [] : [`eal ${ealArguments.join(' ')}`]),
    `tunnels ${underlay.addresses.join(' ') || 'none'} mtu ${underlay.mtu} ${underlay.encapsulations.join(' ')}`,
  ];
}

function cpus(list: readonly number[]): string {
  return list.length === 0 ? 'default CPUs' : `CPUs ${formatCpuList(list)}`;
}

function portLine({ name, device, vrf, mtu, addresses }: PlannedPort): string {
  return words(`port ${name}`, device, `vrf ${vrf}`, `mtu ${mtu}`, ...addresses);
}

function vrfLines({ id, name, networks, routes }: PlannedVrf): readonly string[] {
  const about = networks.length === 0 ? '' : ` id ${id} for ${networks.join(', ')}`;
  return [`vrf ${name}${about}`, ...indent(routes.map(routeLine))];
}

function routeLine({ prefix, node, way }: PlannedRoute): string {
  return words(prefix, wayText(way), node === undefined || way.kind === 'unreachable' ? '' : `to ${node}`);
}

function wayText(way: Way): string {
  if (way.kind === 'vrf') return `in vrf ${way.vrf}`;
  if (way.kind === 'gateway') return `via ${way.address}`;
  if (way.kind === 'unreachable') return `unreachable: ${way.reason}`;
  const number = way.encapsulation === 'vxlan' ? 'vni' : 'label';
  return `via ${way.encapsulation} ${way.farEnd} ${number} ${way.number}`;
}

function networkLines(network: PlannedNetwork): readonly string[] {
  const { name, type, vrf, bridge, vni, label, mtu, gateways, imports, flood } = network;
  const place = vrf === undefined ? `bridge ${bridge}` : `vrf ${vrf}`;
  const numbers = type === 'L2' ? `vni ${vni}` : `vni ${vni} label ${label}`;
  return [
    words(
      `network ${name} ${type}`,
      place,
      numbers,
      `mtu ${mtu}`,
      `gateways ${gateways.join(' ') || 'none'}`,
    ),
    ...indent([
      ...(imports.length === 0 ? [] : [`imports ${imports.join(' ')}`]),
      ...(flood.length === 0 ? [] : [`floods to ${flood.join(' ')}`]),
    ]),
  ];
}

function subnetLine({ name, prefix, gateway, blocks, excluded, sticky }: PlannedSubnet): string {
  return words(
    `subnet ${name} ${prefix}`,
    `gateway ${gateway}`,
    `blocks ${blocks.join(' ') || 'none'}`,
    `without ${excluded.join(' ')}`,
    sticky ? 'sticky' : '',
  );
}

function attachmentLine({ metadata, spec, status }: Attachment): string {
  const { network, kind, interface: name, addresses } = spec;
  const who = spec.pod ? `pod ${spec.pod.namespace}/${spec.pod.name}` : (spec.containerId ?? '');
  const has = status?.addresses ?? addresses;
  return words(
    `attachment ${metadata.namespace}/${metadata.name}`,
    `${who} ${name}`,
    kind,
    `in ${network}`,
    has.join(' '),
    status?.state ?? 'new',
  );
}

function words(...all: readonly string[]): string {
  return all.filter((word) => word !== '').join('  ');
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
