import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';

/** The kernel's device that a port reads beside the kernel, when it is in this namespace: both see every packet then. */
export function sharedDevice(devargs: string): string | undefined {
  if (!/^(net|eth)_(af_packet|pcap)/.test(devargs)) return undefined;
  const device = /,(?:iface|rx_iface|rx_iface_in)=([^,]+)/.exec(devargs)?.[1];
  return device !== undefined && existsSync(`/proc/sys/net/ipv4/conf/${device}`) ? device : undefined;
}

/** Tells whether the kernel has addresses of its own on a device, beyond the link-local one that it gives every device. */
export function isUsedByKernel(device: string): boolean {
  const addresses = networkInterfaces()[device] ?? [];
  return addresses.some((address) => address.family === 'IPv4' || address.scopeid === 0);
}

/**
 * Lets the kernel ignore what comes in by a device, so that the router alone answers; what it returns undoes it. A
 * device that is shielded already was left so by a router that was killed: it gets what new devices have.
 */
export function shield(device: string): () => void {
  const wasLeft = settings.every(([family, name, value]) => settingOf(family, device, name) === value);
  const undo = settings.map(([family, name, value]) => {
    const before = settingOf(family, wasLeft ? 'default' : device, name);
    return exchange(`/proc/sys/net/${family}/conf/${device}/${name}`, value, before);
  });
  return () => {
    for (const each of undo) each();
  };
}

/** Kernel documentation, networking/ip-sysctl. */
const settings = [
  ['ipv4', 'rp_filter', '1'], // the way back to every sender leads through a TUN
  ['ipv4', 'arp_ignore', '8'],
  ['ipv6', 'disable_ipv6', '1'],
] as const;

function settingOf(family: string, device: string, name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/net/${family}/conf/${device}/${name}`, 'utf8').trim();
  } catch {
    return undefined; // a host without IPv6
  }
}

function exchange(file: string, value: string, before: string | undefined): () => void {
  if (before === undefined) return () => {};
  try {
    writeFileSync(file, value);
    return () => restore(file, before);
  } catch {
    return () => {}; // settings that are not ours to write
  }
}

/** The device may have gone meanwhile. */
function restore(file: string, value: string): void {
  try {
    writeFileSync(file, value);
  } catch {
    // Nothing is left to be restored.
  }
}
