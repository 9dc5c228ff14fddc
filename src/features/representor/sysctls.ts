import { writeFileSync } from 'node:fs';

/** Keeps the kernel from speaking for itself on a fresh device: addresses, routes and neighbours are the router's. */
export function quieten(device: string): readonly Error[] {
  return settings.flatMap(([family, name, value]) =>
    writeSetting(`/proc/sys/net/${family}/conf/${device}/${name}`, value),
  );
}

/** Kernel documentation, networking/ip-sysctl. */
const settings = [
  ['ipv6', 'disable_ipv6', '0'],
  ['ipv6', 'addr_gen_mode', '1'], // no address of its own making
  ['ipv6', 'autoconf', '0'],
  ['ipv6', 'accept_ra', '0'],
  ['ipv6', 'router_solicitations', '0'],
  ['ipv6', 'accept_dad', '0'],
  ['ipv6', 'dad_transmits', '0'],
  ['ipv6', 'accept_redirects', '0'],
  ['ipv4', 'accept_redirects', '0'],
  ['ipv4', 'send_redirects', '0'],
  ['ipv4', 'rp_filter', '0'], // the router has looked at sources
  ['ipv4', 'accept_local', '1'], // the router's errors about what the host has sent come from the host's own address
] as const;

/** A host without IPv6 has no such file, and needs none. */
function writeSetting(file: string, value: string): Error[] {
  try {
    writeFileSync(file, value);
    return [];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    return [error instanceof Error ? error : new Error(String(error))];
  }
}
