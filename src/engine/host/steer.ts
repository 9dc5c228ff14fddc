import { addon } from './dpdk-addon.ts';
import { checkNumber, checkText } from './dpdk-error.ts';

// What the programs are for is drawn in native/steer.c.

/** Lets the kernel hand what a pod's host end receives to the trunk, with the VLAN tag `index of the device - base`; brings it up. @throws DpdkError ENODEV, EPERM, EINVAL */
export function steerFromPod(device: string, trunk: string, base: number): void {
  const doing = 'steer frames from a pod to the trunk';
  checkText(doing, 'device', device, 15);
  checkText(doing, 'trunk', trunk, 15);
  checkNumber(doing, 'base', base, range);
  addon().steerFromPod(device, trunk, base);
}

/** Lets the kernel hand what the trunk receives to the device whose index is `base + VLAN`, without the tag; brings it up. @throws DpdkError ENODEV, EPERM, EINVAL */
export function steerToPods(trunk: string, base: number): void {
  const doing = 'steer frames from the trunk to pods';
  checkText(doing, 'trunk', trunk, 15);
  checkNumber(doing, 'base', base, range);
  addon().steerToPods(trunk, base);
}

const range = { min: 1, max: 0x7fffffff - 4096 };
