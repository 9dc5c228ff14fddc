import type { NetlinkMessage } from '../../engine/host/netlink-message.ts';
import { addressBits, parseAddress } from '../../net/address.ts';
import { isLinkLocal } from '../../net/address-scope.ts';
import { type Mac, sameMac } from '../../net/mac.ts';
import { formatPrefix, lastAddress, networkOf, type Prefix } from '../../net/prefix.ts';
import type { HostSetting } from './host-settings.ts';
import { putAddress, takeAddress } from './netlink/addresses.ts';
import { type HostDevice, setDevice } from './netlink/devices.ts';
import { type DeviceRoute, putRoute, takeRoute } from './netlink/routes.ts';
import { putRule, type TableRule, takeRule } from './netlink/rules.ts';

/** What of an interface or VRF shows on its representor. */
export interface Mirrored extends HostDevice {
  readonly kind: 'tap' | 'tun';
  readonly up: boolean;
  /** The link is up. */
  readonly running: boolean;
  readonly mtu: number;
  readonly mac: Mac;
  readonly vrf: number;
  /** It is, or belongs to, the VRF that the host's own routing table leads to. */
  readonly main: boolean;
  readonly addresses: readonly Prefix[];
}

/** Tells whether an interface shows as it did. */
export function isSameMirrored(before: Mirrored, after: Mirrored): boolean {
  return (
    before.name === after.name &&
    before.index === after.index &&
    before.kind === after.kind &&
    before.up === after.up &&
    before.running === after.running &&
    before.mtu === after.mtu &&
    sameMac(before.mac, after.mac) &&
    before.vrf === after.vrf &&
    before.main === after.main &&
    before.addresses.length === after.addresses.length &&
    before.addresses.every((prefix, index) => prefix === after.addresses[index])
  );
}

/** Marks the routes and rules that are ours: the letter M among the numbers that nobody has. */
export const PROTOCOL = 77;

/** All that is to be so on the host: how its devices are, and the addresses, routes and rules on them. */
export function settingsOf(mirrored: readonly Mirrored[]): readonly HostSetting[] {
  const tuns = mirrored.filter(({ kind }) => kind === 'tun');
  const taps = mirrored.filter(({ kind }) => kind === 'tap');
  const tunOf = new Map(tuns.filter(({ up }) => up).map((tun) => [tun.vrf, tun]));
  const settings = [
    ...tuns.flatMap((tun) => tunSettings(tun, inVrf(taps, tun))),
    ...taps.flatMap((tap) => knownTapSettings(tap, tunOf.get(tap.vrf))),
  ];
  return firstOfEachKey(settings);
}

const LINK = 0;
const STATE = 1;
const ADDRESS = 2;
const ROUTE = 3;
const RULE = 4;

/** The VRF's own table on the host has this number and its VRF's. */
const TABLES = 77_000;
/** Any route that the host has by itself is better. */
const METRIC = 4_000_000;
const OIF_RULE = 900;
const MAIN_RULE = 901;
const OTHER_RULE = 902;
/** What the kernel takes at most (drivers/net/tun.c: 65535 and an Ethernet header). */
const LARGEST_MTU = 65521;
const DEFAULT_MTU = 1500;
const linkLocalNetwork: Prefix = { address: parseAddress('fe80::'), length: 64 };
const everywhere = {
  ipv4: { address: parseAddress('0.0.0.0'), length: 0 },
  ipv6: { address: parseAddress('::'), length: 0 },
} as const;

function inVrf(taps: readonly Mirrored[], tun: Mirrored): readonly Mirrored[] {
  return taps.filter(({ vrf }) => vrf === tun.vrf);
}

function tunSettings(tun: Mirrored, taps: readonly Mirrored[]): HostSetting[] {
  const { name } = tun;
  const mtu = taps.length > 0 ? Math.max(...taps.map((tap) => tap.mtu)) : DEFAULT_MTU;
  const link: HostSetting = {
    key: `link ${name}`,
    rank: LINK,
    set: setDevice(tun, { mtu: clamp(mtu) }),
  };
  if (!tun.up) return [link, stateSetting(tun)];
  const sources = taps.filter(({ up }) => up).flatMap(({ addresses }) => addresses.filter(isRoutable));
  return [
    link,
    stateSetting(tun),
    ...(['ipv4', 'ipv6'] as const).flatMap((family) => {
      const source = sources.find(({ address }) => address.family === family);
      return [defaultRoute(tun, family, source), oifRule(tun, family)];
    }),
  ];
}

/** Of a thousand interfaces one has changed: the others' settings are the same objects as before. */
function knownTapSettings(tap: Mirrored, tun: Mirrored | undefined): readonly HostSetting[] {
  const known = settingsOfTaps.get(tap);
  if (known && known.tun === tun) return known.settings;
  const settings = tapSettings(tap, tun);
  settingsOfTaps.set(tap, { tun, settings });
  return settings;
}

const settingsOfTaps = new WeakMap<
  Mirrored,
  { readonly tun: Mirrored | undefined; readonly settings: readonly HostSetting[] }
>();

function tapSettings(tap: Mirrored, tun: Mirrored | undefined): HostSetting[] {
  const { name } = tap;
  const link: HostSetting = {
    key: `link ${name}`,
    rank: LINK,
    set: setDevice(tap, { mac: tap.mac, mtu: clamp(tap.mtu), arp: false }),
  };
  const carrier: HostSetting = {
    key: `carrier ${name}`,
    rank: STATE,
    set: setDevice(tap, { carrier: tap.running }),
  };
  const settings = [link, stateSetting(tap), carrier];
  if (!tap.up) return settings;
  const routed = tun ? tap.addresses.filter(isRoutable) : [];
  return [
    ...settings,
    ...tap.addresses.flatMap((prefix) => addressSettings(tap, prefix)),
    ...routed.flatMap((prefix) => (tun ? routeSettings(tap, prefix, tun) : [])),
  ];
}

function stateSetting(device: Mirrored): HostSetting {
  return { key: `state ${device.name}`, rank: STATE, set: setDevice(device, { up: device.up }) };
}

/** The address alone: which network it lies in is the router's business. */
function addressSettings(tap: Mirrored, { address, length }: Prefix): HostSetting[] {
  const hasBroadcast = address.family === 'ipv4' && length < 31;
  const broadcast = hasBroadcast ? lastAddress({ address, length }) : undefined;
  const own = setting(ADDRESS, putAddress(tap, address, broadcast), takeAddress(tap, address));
  return isPerLink({ address, length }) ? [own, linkRoute(tap)] : [own];
}

/** Link-local stations are reached by the TAP of their link; other links have the same route, which stays beside it. */
function linkRoute(tap: Mirrored): HostSetting {
  const route = { device: tap, network: linkLocalNetwork, metric: METRIC, protocol: PROTOCOL };
  return setting(ROUTE, putRoute(route, 'append'), takeRoute(route));
}

/** The way to an address's network, and the way back for what is sent from the address. */
function routeSettings(tap: Mirrored, prefix: Prefix, tun: Mirrored): HostSetting[] {
  const { address, length } = prefix;
  const table = TABLES + tap.vrf;
  const preference = tap.main ? MAIN_RULE : OTHER_RULE;
  const rule = { family: address.family, preference, by: { from: address }, table, protocol: PROTOCOL };
  const back = setting(RULE, putRule(rule), takeRule(rule));
  if (length === addressBits(address.family)) return [back];
  const network = networkOf(prefix);
  const way = {
    device: tun,
    network,
    source: address,
    metric: METRIC,
    mtu: clamp(tap.mtu),
    protocol: PROTOCOL,
  };
  const own = networkRoute({ ...way, table });
  return tap.main ? [own, networkRoute(way), back] : [own, back];
}

/** The next route of the network takes its place, whatever source and size that has. */
function networkRoute(route: DeviceRoute): HostSetting {
  const { device, network, metric, protocol, table } = route;
  const bare = { device, network, metric, protocol, ...(table === undefined ? {} : { table }) };
  return {
    key: `route ${formatPrefix(network)} table ${table ?? 'main'}`,
    rank: ROUTE,
    set: putRoute(route, 'replace'),
    unset: takeRoute(bare),
  };
}

function defaultRoute(tun: Mirrored, family: 'ipv4' | 'ipv6', source: Prefix | undefined): HostSetting {
  const table = TABLES + tun.vrf;
  const network = everywhere[family];
  const from = source === undefined ? {} : { source: source.address };
  const route = { device: tun, network, metric: METRIC, protocol: PROTOCOL, table, ...from };
  return {
    key: `route ${formatPrefix(network)} table ${table}`,
    rank: ROUTE,
    set: putRoute(route, 'replace'),
  };
}

/** Programs that bind to the TUN's name speak in its VRF. */
function oifRule(tun: Mirrored, family: 'ipv4' | 'ipv6'): HostSetting {
  const by = { oif: tun.name };
  const rule: TableRule = { family, preference: OIF_RULE, by, table: TABLES + tun.vrf, protocol: PROTOCOL };
  return { key: `${family} rule oif ${tun.name}`, rank: RULE, set: putRule(rule), unset: takeRule(rule) };
}

/** What has its whole self as its key. */
function setting(rank: number, set: NetlinkMessage, unset: NetlinkMessage): HostSetting {
  return { key: set.asks, rank, set, unset };
}

/** Two addresses in one network need its route once. */
function firstOfEachKey(settings: readonly HostSetting[]): readonly HostSetting[] {
  return [...new Map(settings.toReversed().map((each) => [each.key, each])).values()].reverse();
}

function clamp(mtu: number): number {
  return Math.min(mtu, LARGEST_MTU);
}

function isPerLink({ address }: Prefix): boolean {
  return address.family === 'ipv6' && isLinkLocal(address);
}

function isRoutable(prefix: Prefix): boolean {
  return !isPerLink(prefix);
}
