import { addressBits, formatAddress } from '../../net/address.ts';
import { isLinkLocal } from '../../net/address-scope.ts';
import { formatMac, type Mac, sameMac } from '../../net/mac.ts';
import { formatPrefix, lastAddress, networkOf, type Prefix } from '../../net/prefix.ts';
import type { HostSetting } from './host-settings.ts';

/** What of an interface or VRF shows on its representor. */
export interface Mirrored {
  /** Name of the host's device. */
  readonly name: string;
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

function inVrf(taps: readonly Mirrored[], tun: Mirrored): readonly Mirrored[] {
  return taps.filter(({ vrf }) => vrf === tun.vrf);
}

function tunSettings(tun: Mirrored, taps: readonly Mirrored[]): HostSetting[] {
  const { name } = tun;
  const mtu = taps.length > 0 ? Math.max(...taps.map((tap) => tap.mtu)) : DEFAULT_MTU;
  const link: HostSetting = {
    key: `link ${name}`,
    rank: LINK,
    set: `link set dev ${name} mtu ${clamp(mtu)}`,
  };
  if (!tun.up) return [link, stateSetting(tun)];
  const sources = taps.filter(({ up }) => up).flatMap(({ addresses }) => addresses.filter(isRoutable));
  return [
    link,
    stateSetting(tun),
    ...(['ipv4', 'ipv6'] as const).flatMap((family) => {
      const source = sources.find(({ address }) => address.family === family);
      return [defaultRoute(tun, family, source), oifRule(tun, family === 'ipv6')];
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
    set: `link set dev ${name} address ${formatMac(tap.mac)} mtu ${clamp(tap.mtu)} arp off`,
  };
  const carrier: HostSetting = {
    key: `carrier ${name}`,
    rank: STATE,
    set: `link set dev ${name} carrier ${tap.running ? 'on' : 'off'}`,
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

function stateSetting({ name, up }: Mirrored): HostSetting {
  return { key: `state ${name}`, rank: STATE, set: `link set dev ${name} ${up ? 'up' : 'down'}` };
}

/** The address alone: which network it lies in is the router's business. */
function addressSettings({ name }: Mirrored, { address, length }: Prefix): HostSetting[] {
  const bits = addressBits(address.family);
  const host = `${formatAddress(address)}/${bits}`;
  const broadcast =
    address.family === 'ipv4' && length < 31 ? ` brd ${formatAddress(lastAddress({ address, length }))}` : '';
  const nodad = address.family === 'ipv6' ? ' nodad' : '';
  const own = setting(
    ADDRESS,
    `addr replace ${host}${broadcast} dev ${name} noprefixroute${nodad}`,
    `addr del ${host} dev ${name}`,
  );
  return isPerLink({ address, length }) ? [own, linkRoute(name)] : [own];
}

/** Link-local stations are reached by the TAP of their link; other links have the same route, which stays beside it. */
function linkRoute(name: string): HostSetting {
  const route = `fe80::/64 dev ${name} metric ${METRIC} proto ${PROTOCOL}`;
  return setting(ROUTE, `route append ${route}`, `route del ${route}`);
}

/** The way to an address's network, and the way back for what is sent from the address. */
function routeSettings(tap: Mirrored, prefix: Prefix, tun: Mirrored): HostSetting[] {
  const { address, length } = prefix;
  const table = TABLES + tap.vrf;
  const rule = `pref ${tap.main ? MAIN_RULE : OTHER_RULE} from ${formatAddress(address)} lookup ${table} protocol ${PROTOCOL}`;
  const back = { ...setting(RULE, `rule add ${rule}`, `rule del ${rule}`), ipv6: address.family === 'ipv6' };
  if (length === addressBits(address.family)) return [back];
  const network = formatPrefix(networkOf(prefix));
  const way = `dev ${tun.name} src ${formatAddress(address)} metric ${METRIC} mtu ${clamp(tap.mtu)} proto ${PROTOCOL}`;
  const tables = tap.main ? [`table ${table}`, 'table main'] : [`table ${table}`];
  const there = tables.map((where): HostSetting => {
    return {
      key: `route ${network} ${where}`,
      rank: ROUTE,
      set: `route replace ${network} ${way} ${where}`,
      unset: `route del ${network} dev ${tun.name} metric ${METRIC} proto ${PROTOCOL} ${where}`,
    };
  });
  return [...there, back];
}

function defaultRoute(tun: Mirrored, family: 'ipv4' | 'ipv6', source: Prefix | undefined): HostSetting {
  const everywhere = family === 'ipv4' ? '0.0.0.0/0' : '::/0';
  const table = TABLES + tun.vrf;
  const from = source ? ` src ${formatAddress(source.address)}` : '';
  return {
    key: `route ${everywhere} table ${table}`,
    rank: ROUTE,
    set: `route replace ${everywhere} dev ${tun.name}${from} metric ${METRIC} proto ${PROTOCOL} table ${table}`,
  };
}

/** Programs that bind to the TUN's name speak in its VRF. */
function oifRule(tun: Mirrored, ipv6: boolean): HostSetting {
  const rule = `pref ${OIF_RULE} oif ${tun.name} lookup ${TABLES + tun.vrf} protocol ${PROTOCOL}`;
  const key = `${ipv6 ? 'ipv6' : 'ipv4'} rule oif ${tun.name}`;
  return { key, rank: RULE, set: `rule add ${rule}`, unset: `rule del ${rule}`, ipv6 };
}

function setting(rank: number, set: string, unset: string): HostSetting {
  return { key: set, rank, set, unset };
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
