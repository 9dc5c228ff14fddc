import { Host } from '../lab/host.ts';
import { Namespace } from '../lab/namespace.ts';
import { addressLines } from '../lab/topology.ts';
import { type Router, runLines, startRouter } from './peers/router.ts';
import { startBridgingTestpmd } from './peers/testpmd.ts';
import { run } from './run.ts';
import { Workspace } from './workspace.ts';

/** How a host is connected: a TAP, or a veth pair whose other end the program in between has by a DPDK driver. */
export type Link = 'tap' | 'veth' | 'af_xdp';

/** Two Linux hosts with something between them; it ends with the path. */
export interface Path extends AsyncDisposable {
  readonly left: Host;
  readonly right: Host;
}

/** Two hosts on one cable, a veth pair. */
export function wire(): Promise<Path> {
  return build('tap', async ({ left, right }) => {
    await left.ip(`link add ${left.device} type veth peer name ${right.device} netns ${right.name}`);
    await configure([left, right]);
    await knowEachOther(left, right);
  });
}

/** Two hosts with the kernel as the router; without offloads every packet is one on the wire. */
export function throughLinux({ offloads }: { readonly offloads: boolean }): Promise<Path> {
  return build(offloads ? 'tap' : 'veth', async ({ left, right, resources }) => {
    const middle = ownNamespace(resources);
    for (const host of [left, right]) await addVeth(host, middle.name);
    await configure([left, right]);
    for (const host of [left, right]) {
      await middle.ip(`
        address add ${host.gateway4}/24 dev v-${host.label}
        address add ${host.gateway6}/64 dev v-${host.label} nodad
        link set v-${host.label} up
      `);
    }
    await middle.run('sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1');
  });
}

/** Two hosts with a router that speaks the grcli grammar. */
export function throughRouter(router: Router, link: Link): Promise<Path> {
  return build(link, async ({ left, right, resources, directory }) => {
    const instance = resources.use(await startRouter(router, directory));
    const { pid } = instance.program;
    const hosts = [left, right];
    if (link !== 'tap') for (const host of hosts) await addVeth(host, String(pid));
    await runLines(instance, { lines: hosts.map(portLine), directory });
    if (link === 'tap') for (const host of hosts) await takeTap(host, String(pid));
    await configure(hosts);
    await runLines(instance, { lines: hosts.flatMap(addressLines), directory });
  });
}

/** Two hosts with testpmd, which hands each frame on as it is. */
export function throughTestpmd(link: Link): Promise<Path> {
  return build(link, async ({ left, right, resources }) => {
    const middle = ownNamespace(resources);
    const hosts = [left, right];
    if (link !== 'tap') for (const host of hosts) await addVeth(host, middle.name);
    const program = resources.use(await startBridgingTestpmd(middle, hosts.map(deviceOf)));
    if (link === 'tap') for (const host of hosts) await takeTap(host, String(program.pid));
    await configure(hosts);
    await knowEachOther(left, right);
  });
}

interface Site {
  readonly left: Host;
  readonly right: Host;
  readonly resources: AsyncDisposableStack;
  readonly directory: string;
}

// What has been built is taken down again when a step fails.
async function build(link: Link, connect: (site: Site) => Promise<void>): Promise<Path> {
  await using resources = new AsyncDisposableStack();
  const directory = resources.use(new Workspace()).path;
  const [left, right] = [host('left', 1), host('right', 2)];
  await connect({ left, right, resources, directory });
  const kept = resources.move();
  return { left, right, [Symbol.asyncDispose]: () => kept.disposeAsync() };

  function host(label: string, network: number): Host {
    return resources.adopt(new Host(label, { network, link }), (each) => each.close());
  }
}

function ownNamespace(resources: AsyncDisposableStack): Namespace {
  return resources.adopt(new Namespace('middle'), (each) => each.close());
}

// The other end is in the namespace of this name, or in that of the process with this number.
async function addVeth({ name, device, label }: Host, other: string): Promise<void> {
  await run(['ip', '-n', name, 'link', 'add', device, 'type', 'veth', 'peer', `v-${label}`, 'netns', other]);
  const inOther = /^\d+$/.test(other)
    ? (['nsenter', `--target=${other}`, '--net', '--', 'ip'] as const)
    : (['ip', '-n', other] as const);
  await run([...inOther, 'link', 'set', `v-${label}`, 'up', 'promisc', 'on']);
}

async function takeTap({ name, device }: Host, pid: string): Promise<void> {
  await run(['nsenter', `--target=${pid}`, '--net', '--', 'ip', 'link', 'set', device, 'netns', name]);
}

async function configure(hosts: readonly Host[]): Promise<void> {
  for (const host of hosts) await host.configure();
}

// Nobody between them answers for their gateways, so each takes the other for its own.
async function knowEachOther(left: Host, right: Host): Promise<void> {
  for (const [host, other] of [
    [left, right],
    [right, left],
  ] as const) {
    await host.ip(`
      neighbor replace ${host.gateway4} lladdr ${other.mac} nud permanent dev ${host.device}
      neighbor replace ${host.gateway6} lladdr ${other.mac} nud permanent dev ${host.device}
    `);
  }
}

function portLine(host: Host, index: number): string {
  return `interface add port ${host.label} devargs ${deviceOf(host, index)}`;
}

// By default net_af_packet has frames of 2048 bytes, which is more than a packet buffer of Grout holds (ENOMEM).
function deviceOf({ plan, label, device }: Host, index: number): string {
  if (plan.link === 'veth') return `net_af_packet${index},iface=v-${label},framesz=1792,blocksz=28672`;
  if (plan.link === 'af_xdp') return `net_af_xdp${index},iface=v-${label}`;
  return `net_tap${index},iface=${device}`;
}
