import type { Mac } from '../../net/mac.ts';
import { macToBytes, parseMac } from '../../net/mac.ts';
import { control, controlInBackground, type PortLink, type PortStats } from './dpdk-addon.ts';
import { checkDevargs } from './dpdk-devargs.ts';
import { checkNumber, checkText, DpdkError } from './dpdk-error.ts';

/** Receive offloads as Millrace names them (native/offloads.h). */
export const RX_OFFLOADS = {
  'ipv4-cksum': 1 << 0,
  'l4-cksum': 1 << 1,
  'vlan-strip': 1 << 2,
  'rss-hash': 1 << 3,
  scatter: 1 << 4,
} as const;

/** Transmit offloads as Millrace names them (native/offloads.h). */
export const TX_OFFLOADS = {
  'ipv4-cksum': 1 << 0,
  'udp-cksum': 1 << 1,
  'tcp-cksum': 1 << 2,
  'vlan-insert': 1 << 3,
  'tcp-tso': 1 << 4,
  'multi-segs': 1 << 5,
  /** Only for ports whose packets are never shared between ports (refcnt 1). */
  'fast-free': 1 << 6,
} as const;

/** Offloads as bits and as words. */
export interface Offloads {
  readonly flags: number;
  readonly names: readonly string[];
}

/** What a port is and can do (rte_eth_dev_info). */
export interface PortInfo {
  readonly port: number;
  /** DPDK's name of the device, such as net_tap0 or 0000:65:00.0. */
  readonly device: string;
  readonly driver: string;
  readonly mac: Mac;
  readonly mtu: number;
  readonly minMtu: number;
  readonly maxMtu: number;
  readonly maxRxQueues: number;
  readonly maxTxQueues: number;
  readonly maxMacs: number;
  /** Entries of the RSS redirection table, 0 without one. */
  readonly retaSize: number;
  /** −1 when unknown. */
  readonly numaNode: number;
  /** Index of the kernel interface it is bound to, 0 without one. */
  readonly ifIndex: number;
  readonly rxOffloads: Offloads;
  readonly txOffloads: Offloads;
  readonly rss: boolean;
  readonly linkInterrupt: boolean;
}

/** A port's configuration; what is left out gets the default in brackets. */
export interface PortOptions {
  /** [1] */
  readonly rxQueues?: number;
  /** [1] */
  readonly txQueues?: number;
  /** Packets each receive queue holds. [the driver's, or 1024] */
  readonly rxSize?: number;
  /** [the driver's, or 1024] */
  readonly txSize?: number;
  /** [the device's] */
  readonly mtu?: number;
  /** Bits of RX_OFFLOADS. [0]; scatter is added where the MTU needs it. */
  readonly rxOffloads?: number;
  /** Bits of TX_OFFLOADS. [0]; multi-segs is added where offered. */
  readonly txOffloads?: number;
  /** Spread packets over the receive queues by IP, TCP and UDP. [true] */
  readonly rss?: boolean;
  /** Tell link changes by interrupt where offered. [true] */
  readonly linkInterrupt?: boolean;
}

/** Probes a device and returns the id of its (first) port. @throws DpdkError EEXIST, ENODEV, EBUSY, EINVAL, … */
export function portProbe(devargs: string): number {
  checkDevargs(devargs);
  try {
    const [first = -1] = control((native) => native.portProbe(devargs));
    return first;
  } catch (error) {
    throw privilegesExplained(error);
  }
}

/** Probes a device on another thread, while this one does other things. @throws DpdkError as portProbe does */
export async function portProbeBegin(devargs: string): Promise<number> {
  checkDevargs(devargs);
  try {
    const [first = -1] = await controlInBackground((native) => native.portProbeBegin(devargs));
    return first;
  } catch (error) {
    throw privilegesExplained(error);
  }
}

/** Finds the port of a device by its DPDK name. */
export function portFind(device: string): number | undefined {
  checkText('find a port', 'device', device, 63);
  const port = control((native) => native.portFind(device));
  return port < 0 ? undefined : port;
}

/** Lists the ids of all ports. */
export function portList(): readonly number[] {
  return control((native) => native.portList());
}

/** Describes a port. @throws DpdkError ENODEV */
export function portInfo(port: number): PortInfo {
  const info = control((native) => native.portInfo(checkPort('describe a port', port)));
  return { ...info, mac: parseMac(info.mac) };
}

/** Configures a stopped port and returns what it really got. @throws DpdkError ERANGE, ENOTSUP, EBUSY, … */
export function portConfigure(port: number, options: PortOptions = {}): Required<PortOptions> {
  const doing = 'configure a port';
  const number = (name: keyof PortOptions, value: number | undefined, max: number, otherwise: number) =>
    checkNumber(doing, name, value ?? otherwise, { min: 0, max });
  const raw = {
    rxQueues: number('rxQueues', options.rxQueues, 1024, 1),
    txQueues: number('txQueues', options.txQueues, 1024, 1),
    rxSize: number('rxSize', options.rxSize, 65535, 0),
    txSize: number('txSize', options.txSize, 65535, 0),
    mtu: number('mtu', options.mtu, 65535, 0),
    rxOffloads: number('rxOffloads', options.rxOffloads, 0x1f, 0),
    txOffloads: number('txOffloads', options.txOffloads, 0x7f, 0),
    rss: options.rss ?? true,
    linkInterrupt: options.linkInterrupt ?? true,
  };
  return control((native) => native.portConfigure(checkPort(doing, port), raw));
}

/** Starts a configured port. */
export function portStart(port: number): void {
  control((native) => native.portStart(checkPort('start a port', port)));
}

/** Stops a port; when it returns, no worker is inside a burst of it. Its device may go on to stop until the next call. */
export function portStop(port: number): void {
  control((native) => native.portStop(checkPort('stop a port', port)));
}

/** Stops and closes a port, and removes its device when it has no other port. */
export function portClose(port: number): void {
  control((native) => native.portClose(checkPort('close a port', port)));
}

/** Changes a port's MAC address. */
export function portSetMac(port: number, mac: Mac): void {
  control((native) => native.portSetMac(checkPort("set a port's MAC address", port), macToBytes(mac)));
}

/** Lets a port receive a further MAC address, unicast or group. */
export function portAddMac(port: number, mac: Mac): void {
  control((native) => native.portAddMac(checkPort('add a MAC address to a port', port), macToBytes(mac)));
}

/** Takes a further MAC address away. */
export function portRemoveMac(port: number, mac: Mac): void {
  control((native) =>
    native.portRemoveMac(checkPort('remove a MAC address from a port', port), macToBytes(mac)),
  );
}

/** Changes a port's MTU, in bytes of network packet. */
export function portSetMtu(port: number, mtu: number): void {
  const doing = "set a port's MTU";
  checkNumber(doing, 'mtu', mtu, { min: 1, max: 65535 });
  control((native) => native.portSetMtu(checkPort(doing, port), mtu));
}

/** Switches reception of all unicast packets. */
export function portSetPromiscuous(port: number, on: boolean): void {
  control((native) => native.portSetPromiscuous(checkPort('set promiscuous mode', port), on));
}

/** Switches reception of all group packets. */
export function portSetAllmulticast(port: number, on: boolean): void {
  control((native) => native.portSetAllmulticast(checkPort('set reception of all multicast', port), on));
}

/** Reads a port's link without waiting for it. */
export function portLink(port: number): PortLink {
  return control((native) => native.portLink(checkPort("read a port's link", port)));
}

/** Calls back with a port's id when a driver tells a link change; the last callback set is the one called. */
export function onLinkChange(callback: (port: number) => void): void {
  control((native) => native.onLinkChange(callback));
}

/** Reads a port's counters. */
export function portStats(port: number): PortStats {
  return control((native) => native.portStats(checkPort("read a port's statistics", port)));
}

/** Reads the driver's own counters by name. */
export function portXstats(port: number): Readonly<Record<string, bigint>> {
  return control((native) => native.portXstats(checkPort("read a port's extended statistics", port)));
}

/** Sets all counters of a port to zero. */
export function portXstatsReset(port: number): void {
  control((native) => native.portXstatsReset(checkPort("reset a port's statistics", port)));
}

// Drivers answer with any code when the kernel refuses them something; their log has the kernel's words.
function privilegesExplained(error: unknown): unknown {
  if (!(error instanceof DpdkError)) return error;
  if (!error.log.some((line) => /Operation not permitted|Permission denied/.test(line))) return error;
  const message = `${error.message}\n  The process lacks a privilege: CAP_NET_ADMIN, CAP_NET_RAW, or access to the device's files.`;
  return new DpdkError({ code: 'EPERM', message, log: error.log }, { cause: error });
}

function checkPort(doing: string, port: number): number {
  return checkNumber(doing, 'port', port, { min: 0, max: 31 });
}
