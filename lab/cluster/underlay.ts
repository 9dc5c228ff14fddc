import { run } from '../command.ts';
import { shellInside } from './inside.ts';
import type { Place } from './place.ts';
import type { UnderlayLink } from './topology.ts';

/** Makes network namespaces. */
export async function addNamespaces(names: readonly string[]): Promise<void> {
  const quiet = 'net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0'; // it would take a second
  for (const name of names) {
    await run(['ip', 'netns', 'add', name]);
    await run(shellInside(name, `ip link set lo up; sysctl -qw ${quiet}`));
  }
}

/** Links every node to the underlay, which routes between them: Linux, with a subnet for each node. */
export async function buildUnderlay(place: Place, links: readonly UnderlayLink[]): Promise<void> {
  await run(shellInside(place.underlay, 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1'));
  await Promise.all(links.map((link) => addLink(place, link)));
}

/** The underlay's end of a node's link is called by the node's name. */
async function addLink(place: Place, { node, device, addresses }: UnderlayLink): Promise<void> {
  const [here, there] = [place.underlay, place.namespace(node)];
  const end = underlayEnd(node);
  const lines = [
    `link add ${end} type veth peer name ${device} netns ${there}`,
    ...addresses.map((address) => `address add ${address} dev ${end} nodad`),
    `link set ${end} up`,
  ];
  await run(['ip', '-n', here, '-batch', '-'], { input: withoutFamilyTraps(lines) });
  // What a veth sends is not cut into packets and has no checksums, unless it is told to.
  await run(shellInside(here, `ethtool -K ${end} tx off gso off tso off gro off`));
  await run(['ip', '-n', there, 'link', 'set', device, 'up', 'promisc', 'on']);
}

/** What a node's link is called in the underlay: at most 15 bytes. */
export function underlayEnd(node: string): string {
  return node.slice(0, 15);
}

/** nodad is a word for IPv6 alone. */
function withoutFamilyTraps(lines: readonly string[]): string {
  return lines.map((line) => (line.includes(':') ? line : line.replace(' nodad', ''))).join('\n');
}
