import { keyOf } from '../../kube/object.ts';
import { type Family, formatAddress, type IpAddress, parseAddress } from '../../net/address.ts';
import { contains, formatPrefix, type Prefix, parsePrefix } from '../../net/prefix.ts';
import { type Cores, coresOf } from './cores.ts';
import type { Node } from './node-object.ts';
import type { Encapsulation, PlannedPort, PlannedUnderlay, PlannedVRouter } from './planned.ts';
import type { DpdkSettings, VRouter, VRouterPort } from './vrouter-object.ts';
import { splitWords } from './words.ts';

/** A default route of a VRF. */
export interface DefaultRoute {
  readonly vrf: string;
  readonly prefix: string;
  readonly gateway: string;
}

/** What a VRouter means on one of its nodes. */
export interface NodeRouter {
  readonly node: string;
  readonly vrouter: PlannedVRouter;
  readonly ports: readonly PlannedPort[];
  readonly underlay: PlannedUnderlay;
  /** The end of tunnels, by family. */
  readonly farEnds: Readonly<Partial<Record<Family, string>>>;
  readonly defaultRoutes: readonly DefaultRoute[];
  readonly warnings: readonly string[];
}

const noSettings: DpdkSettings = { dpdkCommandAdditionalArgs: '', dpdkUioDriver: 'vfio-pci' };
const mtuWithoutPorts = 1500;

/** Works out what a VRouter means on a node. @throws Error with what cannot be */
export function routerOnNode(node: Node, vrouter: VRouter): NodeRouter {
  if (vrouter.spec.agentModeType === 'kernel') {
    throw new Error('expected agentModeType dpdk, got kernel: forwarding by the kernel is not built');
  }
  const settings = settingsOf(vrouter);
  const cores = coresOf(settings, cpusOf(node));
  const ports = vrouter.spec.ports.map((port) => portOnNode(port, node.metadata.name));
  refuseTwice(ports.map(({ planned }) => planned.name));
  return {
    node: node.metadata.name,
    vrouter: plannedVRouter(vrouter, settings, cores),
    ports: ports.map(({ planned }) => planned),
    defaultRoutes: ports.flatMap(({ defaultRoutes }) => defaultRoutes),
    ...underlayOf(ports, vrouter),
    warnings: cores.warnings,
  };
}

/** Gives the settings of DPDK, which published examples have in one of two places. */
function settingsOf({ spec: { agent } }: VRouter): DpdkSettings {
  if (agent?.dpdk !== undefined && agent.default?.dpdk !== undefined) {
    throw new Error('expected the settings of DPDK in agent.dpdk or in agent.default.dpdk, got both');
  }
  return agent?.dpdk ?? agent?.default?.dpdk ?? noSettings;
}

function cpusOf(node: Node): number | undefined {
  const cpu = node.status?.capacity?.cpu;
  const cpus = cpu === undefined ? Number.NaN : Number(cpu);
  return Number.isInteger(cpus) && cpus > 0 ? cpus : undefined;
}

function plannedVRouter(vrouter: VRouter, settings: DpdkSettings, cores: Cores): PlannedVRouter {
  const { hugepages } = settings;
  return {
    object: keyOf(vrouter),
    datapathCpus: cores.datapath,
    controlCpus: cores.control,
    ealArguments: splitWords(settings.dpdkCommandAdditionalArgs),
    uioDriver: settings.dpdkUioDriver,
    ...(hugepages && { hugepages }),
  };
}

interface PortOnNode {
  readonly planned: PlannedPort;
  readonly prefixes: readonly Prefix[];
  readonly defaultRoutes: readonly DefaultRoute[];
}

function portOnNode(port: VRouterPort, node: string): PortOnNode {
  const own = port.nodes[node];
  const prefixes = (own?.addresses ?? port.addresses).map((text) => read(port, () => parsePrefix(text)));
  const gateways = (own?.gateways ?? port.gateways).map((text) => read(port, () => parseAddress(text)));
  const { name, vrf, mtu } = port;
  const addresses = prefixes.map(formatPrefix);
  return {
    planned: { name, device: own?.device ?? port.device, vrf, mtu, addresses },
    prefixes,
    defaultRoutes: gateways.map((gateway) => defaultRoute(port, gateway, prefixes)),
  };
}

function defaultRoute(port: VRouterPort, gateway: IpAddress, prefixes: readonly Prefix[]): DefaultRoute {
  if (!prefixes.some((prefix) => contains(prefix, gateway))) {
    const have = prefixes.map(formatPrefix).join(' ') || 'no address';
    throw new Error(
      `port ${port.name}: expected a gateway in a subnet of the port (${have}), got ${formatAddress(gateway)}`,
    );
  }
  const prefix = gateway.family === 'ipv4' ? '0.0.0.0/0' : '::/0';
  return { vrf: port.vrf, prefix, gateway: formatAddress(gateway) };
}

function read<Value>(port: VRouterPort, parse: () => Value): Value {
  try {
    return parse();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`port ${port.name}: ${reason}`, { cause });
  }
}

function underlayOf(
  ports: readonly PortOnNode[],
  vrouter: VRouter,
): Pick<NodeRouter, 'underlay' | 'farEnds'> {
  const links = ports.filter(({ planned }) => planned.vrf === 'main');
  const prefixes = links.flatMap((link) => link.prefixes);
  const ipv4 = firstOf('ipv4', prefixes);
  const ipv6 = firstOf('ipv6', prefixes);
  const mtus = links.map(({ planned }) => planned.mtu);
  return {
    farEnds: { ...(ipv4 && { ipv4 }), ...(ipv6 && { ipv6 }) },
    underlay: {
      addresses: [ipv4, ipv6].flatMap((address) => address ?? []),
      mtu: mtus.length === 0 ? mtuWithoutPorts : Math.min(...mtus),
      encapsulations: encapsulationsOf(vrouter.spec.encapsulations),
    },
  };
}

function firstOf(family: Family, prefixes: readonly Prefix[]): string | undefined {
  const first = prefixes.find(({ address }) => address.family === family);
  return first && formatAddress(first.address);
}

const plannedNames = { MPLSoUDP: 'mplsoudp', MPLSoGRE: 'mplsogre', VXLAN: 'vxlan' } as const;

/** Writes encapsulations as the router's commands do. */
export function encapsulationsOf(names: VRouter['spec']['encapsulations']): readonly Encapsulation[] {
  return names.map((name) => plannedNames[name]);
}

function refuseTwice(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`expected ports of different names, got ${twice} twice`);
}
