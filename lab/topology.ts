import { run } from './command.ts';
import { Host, type HostPlan } from './host.ts';
import { Router, type RouterOptions } from './router.ts';

/** Hosts around one router, each on a port of the host's own name. */
export interface TopologyPlan<Name extends string> {
  readonly hosts: Readonly<Record<Name, HostPlan>>;
  readonly flags?: readonly string[];
  /** Lines of ctl to run before the ports are made, such as those that make VRFs. */
  readonly before?: string;
}

/** A router and its hosts, up and with addresses. */
export interface Topology<Name extends string> extends AsyncDisposable {
  readonly router: Router;
  readonly hosts: Readonly<Record<Name, Host>>;
  close(): Promise<void>;
}

/** Builds a topology; what was built is taken down again when a step fails. */
export async function startTopology<Name extends string>(
  plan: TopologyPlan<Name>,
  options: RouterOptions & { readonly prefix?: string } = {},
): Promise<Topology<Name>> {
  const router = new Router({ ...options, ...(plan.flags ? { flags: plan.flags } : {}) });
  const hosts = new Map<string, Host>();
  const close = async () => {
    await router.close();
    for (const host of hosts.values()) host.close();
  };
  try {
    await router.start();
    if (plan.before) await router.ctl(plan.before);
    const places = Object.entries<HostPlan>(plan.hosts);
    for (const [index, [name, place]] of places.entries())
      hosts.set(name, new Host(name, { ...place, network: place.network ?? index + 1 }, options.prefix));
    await attachHosts(router, [...hosts.values()]);
  } catch (error) {
    process.stderr.write(router.log);
    await close();
    throw error;
  }
  return { router, hosts: byName<Name>(hosts), close, [Symbol.asyncDispose]: close };
}

/** Gives every host a port of the router and its addresses. */
export async function attachHosts(router: Router, hosts: readonly Host[]): Promise<void> {
  for (const host of hosts.filter(hasVeth)) await addVeth(router, host);
  await router.ctl(hosts.map(portLine).join('\n'));
  for (const host of hosts.filter((each) => !hasVeth(each))) await moveTap(router, host);
  await Promise.all(hosts.map((host) => host.configure()));
  await router.ctl(hosts.flatMap(addressLines).join('\n'));
}

/** The ctl line that makes the port to a host. */
export function portLine(host: Host): string {
  const { mtu, vrf, port = '' } = host.plan;
  const attributes = [mtu ? `mtu ${mtu}` : '', vrf ? `vrf ${vrf}` : '', port].join(' ');
  return `interface add port ${host.label} devargs ${devargs(host)} ${attributes}`;
}

function devargs({ plan, label, device }: Host): string {
  devices += 1;
  if (plan.link === 'veth') return `net_af_packet${devices},iface=v-${label}`;
  if (plan.link === 'af_xdp') return `net_af_xdp${devices},iface=v-${label}`;
  if (plan.link === 'pcap') return `net_pcap${devices},rx_iface_in=v-${label},tx_iface=v-${label}`;
  return `net_tap${devices},iface=${device}`;
}

// DPDK wants a number of its own for every device of a kind.
let devices = 0;

function hasVeth({ plan }: Host): boolean {
  return plan.link !== undefined && plan.link !== 'tap';
}

/** The ctl lines that give the port to a host its addresses. */
export function addressLines(host: Host): readonly string[] {
  return [
    `address add ${host.gateway4}/24 iface ${host.label}`,
    `address add ${host.gateway6}/64 iface ${host.label}`,
  ];
}

async function moveTap(router: Router, host: Host): Promise<void> {
  await router.namespace.ip(`link set ${host.device} netns ${host.name}`);
}

async function addVeth(router: Router, { name, plan, label, device }: Host): Promise<void> {
  const mtu = plan.mtu ?? 1500;
  const other = `v-${label}`;
  await run(['ip', '-n', name, '-batch', '-'], {
    input: `link add ${device} mtu ${mtu} type veth peer name ${other} mtu ${mtu} netns ${router.namespace.name}`,
  });
  await router.namespace.ip(`link set ${other} up promisc on`);
}

function byName<Name extends string>(hosts: ReadonlyMap<string, Host>): Readonly<Record<Name, Host>> {
  return Object.fromEntries(hosts) as Record<Name, Host>;
}
