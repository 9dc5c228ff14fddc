import { addon } from './dpdk-addon.ts';
import { checkNumber } from './dpdk-error.ts';

// What the programs are for is drawn in native/steer.c.

/** Loads the program that hands frames of pods' host ends to the device with the index `base`, with the VLAN tag `own index - base`; returns its file descriptor. @throws DpdkError EPERM, EINVAL */
export function steerFromPod(base: number): number {
  checkNumber('steer frames from pods to the trunk', 'base', base, range);
  return addon().steerFromPod(base);
}

/** Loads the program that hands frames of the trunk to the device with the index `base + VLAN`, without the tag; returns its file descriptor. @throws DpdkError EPERM, EINVAL */
export function steerToPods(base: number): number {
  checkNumber('steer frames from the trunk to pods', 'base', base, range);
  return addon().steerToPods(base);
}

const range = { min: 1, max: 0x7fffffff - 4096 };
