import { existsSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { checkText, DpdkError, invalid } from './dpdk-error.ts';

/**
 * Checks devargs before DPDK sees them, where DPDK's own answer would not say what is wrong: a PCI device that is
 * not there or that the kernel still drives, an argument that its driver would ignore. @throws DpdkError EINVAL, ENODEV, EBUSY
 */
export function checkDevargs(devargs: string): void {
  checkText('probe a device', 'devargs', devargs, 1023);
  checkKeys(devargs);
  const address = pciAddress(devargs);
  if (address === undefined) return;
  const device = `/sys/bus/pci/devices/${address}`;
  if (!existsSync(device)) {
    throw new DpdkError({
      code: 'ENODEV',
      message: `probe ${devargs}: expected a PCI device at ${address}, got none (lspci lists them)`,
    });
  }
  const driver = kernelDriver(device);
  if (driver === undefined) {
    throw new DpdkError({
      code: 'ENODEV',
      message: `probe ${devargs}: expected ${address} to be bound to ${userspaceDrivers.join(', ')}, got no driver`,
    });
  }
  if (userspaceDrivers.includes(driver) || sharedDrivers.includes(driver)) return;
  throw new DpdkError({
    code: 'EBUSY',
    message: `probe ${devargs}: expected ${address} to be bound to ${userspaceDrivers.join(', ')}, got the kernel's ${driver}`,
  });
}

/** Finds the PCI address that devargs begin with, in the long form of sysfs. */
export function pciAddress(devargs: string): string | undefined {
  const match = /^(?:pci:)?([0-9a-f]{4}:)?([0-9a-f]{2}:[0-9a-f]{2}\.[0-7])(?:,|$)/i.exec(devargs);
  return match ? `${match[1] ?? '0000:'}${match[2]}`.toLowerCase() : undefined;
}

const userspaceDrivers: readonly string[] = ['vfio-pci', 'uio_pci_generic', 'igb_uio'];
// DPDK shares these devices with the kernel's driver (guide of the mlx4, mlx5 and mana drivers).
const sharedDrivers: readonly string[] = ['mlx4_core', 'mlx5_core', 'mana'];

// Arguments of the drivers that start in spite of one they do not know (DPDK's NIC guides, 22.11 to 25.11).
const keysOf: Readonly<Record<string, readonly string[]>> = {
  net_tap: ['iface', 'mac', 'remote', 'persist'],
  net_tun: ['iface'],
  net_ring: ['nodeaction', 'internal'],
};

function checkKeys(devargs: string): void {
  const [device = '', ...given] = devargs.replace(/^vdev:/, '').split(',');
  const driver = device.replace(/\d+$/, '');
  const known = keysOf[driver];
  if (!known) return;
  for (const argument of given) {
    const [key = '', value] = argument.split('=', 2);
    if (!known.includes(key) || value === undefined || value === '')
      throw invalid(
        `probe ${devargs}`,
        `arguments of ${driver}: ${known.map((name) => `${name}=…`).join(', ')}`,
        argument,
      );
  }
}

function kernelDriver(device: string): string | undefined {
  return existsSync(`${device}/driver`) ? basename(readlinkSync(`${device}/driver`)) : undefined;
}
