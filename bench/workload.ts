import { ipv4FromNumber } from '../src/net/address.ts';
import { formatIpv4, type Ipv4Address } from '../src/net/ipv4.ts';
import { formatMac, macFromBytes } from '../src/net/mac.ts';
import { seededRandom } from './random.ts';
import { smallestFrame, udpFrame } from './traffic.ts';

/** One route: where it leads is the number of a neighbour on the port that packets leave by. */
export interface Route {
  readonly destination: string;
  readonly neighbor: number;
}

/** What a forwarder is given to do: its routes, and the packets that arrive in a loop. */
export interface Workload {
  readonly routes: readonly Route[];
  readonly frames: readonly Uint8Array[];
}

export type Family = 'ipv4' | 'ipv6';

/** The family of a route. */
export function familyOf({ destination }: Route): Family {
  return destination.includes(':') ? 'ipv6' : 'ipv4';
}

/** How many neighbours the routes lead to. */
export const neighborCount = 256;

const source = { ipv4: '192.168.0.2', ipv6: 'fd00::2' } as const;

/** 256 routes /24 inside 10.N/16, where N is 1 by default, and 1024 packets to random addresses of them. */
export function fewIpv4Routes(network = 1): Workload {
  const random = seededRandom(1);
  const routes = range(256).map((index) => ({
    destination: `10.${network}.${index}.0/24`,
    neighbor: index,
  }));
  const frames = range(1024).map((id) =>
    ipv4Frame({ id, destination: `10.${network}.${random(256)}.${1 + random(254)}` }),
  );
  return { routes, frames };
}

/** 256 routes /64 inside one /56, and 1024 packets to random addresses of them. */
export function fewIpv6Routes(): Workload {
  const random = seededRandom(1);
  const routes = range(256).map((index) => ({
    destination: `2001:db8:1:${hex(index)}::/64`,
    neighbor: index,
  }));
  const frames = range(1024).map(() =>
    udpFrame({
      source: source.ipv6,
      destination: `2001:db8:1:${hex(random(256))}::${hex(1 + random(65535))}`,
      bytes: smallestFrame('ipv6'),
    }),
  );
  return { routes, frames };
}

/** Both families in turn, in frames of 60, 590 and 1514 bytes as 7 to 4 to 1, 10,000 flows. */
export function mixedTraffic(): Workload {
  const random = seededRandom(4);
  const sizes = [60, 60, 60, 60, 60, 60, 60, 590, 590, 590, 590, 1514];
  const routes = [...fewIpv4Routes().routes, ...fewIpv6Routes().routes];
  const frames = range(10_000).map((id) => {
    const isIpv4 = id % 2 === 0;
    const network = random(256);
    const destination = isIpv4
      ? `10.1.${network}.${1 + random(254)}`
      : `2001:db8:1:${hex(network)}::${hex(1 + random(65535))}`;
    const bytes = Math.max(sizes[random(sizes.length)] ?? 60, smallestFrame(isIpv4 ? 'ipv4' : 'ipv6'));
    const ends = { source: isIpv4 ? source.ipv4 : source.ipv6, destination };
    return udpFrame({ ...ends, sourcePort: 1024 + id, bytes, id });
  });
  return { routes, frames };
}

/**
 * So many distinct routes of lengths as in the Internet's tables, and 10,000 packets to random addresses of
 * random routes.
 */
export function manyIpv4Routes(count: number): Workload {
  const random = seededRandom(2);
  const prefixes = randomPrefixes(count, random);
  const routes = prefixes.map(({ address, length }, index) => ({
    destination: `${dotted(address)}/${length}`,
    neighbor: index % neighborCount,
  }));
  const frames = range(10_000).map((id) => {
    const prefix = prefixes[random(count)] ?? { address: 0, length: 32 };
    const host = 1 + random(2 ** (32 - prefix.length) - 2);
    return ipv4Frame({ id, destination: dotted(prefix.address + host) });
  });
  return { routes, frames };
}

/** So many distinct IPv6 routes /48: runs of 40 inside random /32s, as providers have them. */
export function manyIpv6Routes(count: number): readonly Route[] {
  const random = seededRandom(3);
  const seen = new Set<number>();
  const routes: Route[] = [];
  while (routes.length < count) {
    const provider = 0x2400_0000 + random(0x0800_0000);
    if (seen.has(provider)) continue;
    seen.add(provider);
    const start = `${hex(provider >>> 16)}:${hex(provider & 0xffff)}`;
    for (let site = 0; site < 40 && routes.length < count; site++) {
      routes.push({ destination: `${start}:${hex(site)}::/48`, neighbor: routes.length % neighborCount });
    }
  }
  return routes;
}

/** The MAC address of a neighbour. */
export function neighborMac(neighbor: number): string {
  return formatMac(macFromBytes(Uint8Array.of(2, 0, 0, 0, 1 + (neighbor >>> 8), neighbor & 0xff)));
}

/** The address of a neighbour, on the link of the port that packets leave by. */
export function neighborAddress(family: Family, neighbor: number): string {
  return family === 'ipv4' ? `172.16.1.${neighbor}` : `fd01::1:${hex(neighbor)}`;
}

// Shares of prefix lengths, near those of the Internet's IPv4 table, in percent.
const lengthShares = [
  [24, 60],
  [23, 10],
  [22, 13],
  [21, 5],
  [20, 5],
  [19, 4],
  [18, 2],
  [16, 1],
] as const;

interface Ipv4Prefix {
  readonly address: number;
  readonly length: number;
}

function randomPrefixes(count: number, random: (limit: number) => number): readonly Ipv4Prefix[] {
  const lengths = lengthShares.flatMap(([length, share]) => Array.from({ length: share }, () => length));
  const seen = new Set<number>();
  const prefixes: Ipv4Prefix[] = [];
  while (prefixes.length < count) {
    const length = lengths[random(lengths.length)] ?? 24;
    const unused = 2 ** (32 - length);
    const address = (1 + random(223)) * 2 ** 24 + Math.floor(random(2 ** 24) / unused) * unused;
    const key = address * 64 + length;
    if (seen.has(key) || isReserved(address)) continue;
    seen.add(key);
    prefixes.push({ address, length });
  }
  return prefixes;
}

// 10/8 and 127/8, and the /8s that hold the routers' own addresses.
function isReserved(address: number): boolean {
  return [10, 127, 172, 192].includes(Math.floor(address / 2 ** 24));
}

function ipv4Frame({ id, destination }: { readonly id: number; readonly destination: string }): Uint8Array {
  return udpFrame({ source: source.ipv4, destination, bytes: smallestFrame('ipv4'), id });
}

function dotted(address: number): string {
  const value: Ipv4Address = ipv4FromNumber(address);
  return formatIpv4(value);
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function hex(value: number): string {
  return value.toString(16);
}
