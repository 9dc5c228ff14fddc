import { ApiError } from '../../engine/api-error.ts';
import * as dpdk from '../../engine/host/dpdk.ts';
import { isUnicastMac, type Mac, randomMac } from '../../net/mac.ts';
import type { TapWatch } from './moved-tap.ts';

// What is asked of a DPDK device. Some cannot do it, or not while they run: most functions tell whether it was done.

/** What the router knows of a port beside its interface. */
export interface PortDevice {
  readonly devargs: string;
  readonly info: dpdk.PortInfo;
  readonly queues: Required<dpdk.PortOptions>;
  readonly tap: TapWatch | undefined;
  /** It chooses what it receives by MAC address; the others receive everything. */
  readonly chooses: boolean;
}

/** How many receive queues a device is to have, of which size and for which packets. */
export interface WantedQueues {
  readonly rxqs?: number;
  readonly qsize?: number;
  readonly mtu: number;
}

/** Configures a device that is stopped; it gets as many transmit queues as there are workers. @throws ApiError ERANGE, DpdkError */
export function configureDevice(
  port: number,
  info: dpdk.PortInfo,
  wanted: WantedQueues & { readonly workers: number },
): Required<dpdk.PortOptions> {
  const doing = `configure ${info.device}`;
  const { rxqs = 1, qsize = 0, mtu, workers } = wanted;
  if (rxqs > info.maxRxQueues || rxqs < 1) {
    const expected = `1 to ${info.maxRxQueues} receive queues`;
    throw new ApiError('ERANGE', { doing, expected, received: String(rxqs) });
  }
  checkMtu(doing, mtu, info);
  return dpdk.portConfigure(port, {
    rxQueues: rxqs,
    txQueues: Math.min(Math.max(workers, rxqs), info.maxTxQueues),
    rxSize: qsize,
    txSize: qsize,
    mtu,
    rxOffloads: info.rxOffloads.flags & RX_WANTED,
    txOffloads: info.txOffloads.flags & TX_WANTED,
    rss: rxqs > 1,
  });
}

/** @throws ApiError ERANGE */
export function checkMtu(
  doing: string,
  mtu: number,
  { minMtu, maxMtu }: Pick<dpdk.PortInfo, 'minMtu' | 'maxMtu'>,
): void {
  if (mtu >= minMtu && mtu <= maxMtu) return;
  throw new ApiError('ERANGE', {
    doing,
    expected: `an MTU of ${minMtu} to ${maxMtu}`,
    received: String(mtu),
  });
}

/** Tells whether a device fills in checksums of TCP and UDP. */
export function fillsChecksums({ txOffloads }: Required<dpdk.PortOptions>): boolean {
  return (txOffloads & L4_CHECKSUMS) === L4_CHECKSUMS;
}

/** The device's own address; devices without one get one made up. */
export function ownMac(port: number): Mac {
  const { mac: own } = dpdk.portInfo(port);
  return isUnicastMac(own) ? own : randomMac();
}

/** Tells whether the device can change its address. */
export function setMac(port: number, mac: Mac): boolean {
  return quietly(() => dpdk.portSetMac(port, mac));
}

/** Tells whether the device receives for one more address, or not any more. */
export function takesMac(port: number, mac: Mac, wanted: boolean): boolean {
  return takes(() => (wanted ? dpdk.portAddMac(port, mac) : dpdk.portRemoveMac(port, mac)));
}

/** Tells whether the device can receive what is for any group. */
export function takesAllMulticast(port: number): boolean {
  return quietly(() => dpdk.portSetAllmulticast(port, true));
}

/** Devices that cannot choose receive everything anyway. */
export function setPromiscuous(port: number, on: boolean): void {
  quietly(() => dpdk.portSetPromiscuous(port, on));
}

/** Tells whether the device takes another MTU while it runs; otherwise it wants a restart. */
export function takesMtu(port: number, mtu: number): boolean {
  return takes(() => dpdk.portSetMtu(port, mtu));
}

const RX_WANTED =
  dpdk.RX_OFFLOADS['ipv4-cksum'] | dpdk.RX_OFFLOADS['l4-cksum'] | dpdk.RX_OFFLOADS['rss-hash'];
const L4_CHECKSUMS = dpdk.TX_OFFLOADS['udp-cksum'] | dpdk.TX_OFFLOADS['tcp-cksum'];
const TX_WANTED = L4_CHECKSUMS | dpdk.TX_OFFLOADS['multi-segs'];

/** Tells whether the device does it, whatever its reason where it does not. */
function takes(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof dpdk.DpdkError) return false;
    throw error;
  }
}

/** Does what a device may not be able to; tells whether it was. @throws what is not ENOTSUP */
function quietly(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof dpdk.DpdkError && error.code === 'ENOTSUP') return false;
    throw error;
  }
}
