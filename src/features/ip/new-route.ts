import { ApiError } from '../../engine/api-error.ts';
import { addressBits, formatAddress, type IpAddress } from '../../net/address.ts';
import { formatPrefix, hasHostBits, type Prefix } from '../../net/prefix.ts';
import type { Interfaces } from '../interface/index.ts';
import type { NextHops } from '../neighbor/index.ts';
import { numberOf, originNumber } from './origins.ts';
import type { TableRoute } from './route-page.ts';
import type { RouteTables } from './route-tables.ts';

/** Where a route leads: through a gateway on a connected network, or by a next hop's table index. */
export type RouteTarget = { readonly gateway: IpAddress } | { readonly index: number };

/** A route to be added. */
export interface NewRoute {
  readonly vrf: number;
  readonly prefix: Prefix;
  readonly target: RouteTarget;
  readonly origin: string;
}

/** What says where a new route leads. */
export interface RouteSurroundings {
  readonly tables: Pick<RouteTables, 'longest'>;
  readonly nextHops: NextHops;
  readonly interfaces: Interfaces;
}

/** A route that somebody adds, as the table takes it. @throws ApiError EINVAL, EHOSTUNREACH */
export function readRoute(route: NewRoute, surroundings: RouteSurroundings): TableRoute {
  const { vrf, prefix } = route;
  const doing = `add route ${formatPrefix(prefix)}`;
  checkNetwork(doing, prefix);
  const origin = readOrigin(doing, route.origin);
  return { vrf, prefix, nextHop: nextHopOf(doing, route, surroundings), origin };
}

function nextHopOf(
  doing: string,
  { vrf, target, prefix }: NewRoute,
  { tables, nextHops, interfaces }: RouteSurroundings,
): number {
  if ('index' in target) return target.index;
  const { gateway } = target;
  if (gateway.family === 'ipv4' && prefix.address.family === 'ipv6') {
    throw new ApiError('EINVAL', { doing, expected: 'an IPv6 gateway', received: formatAddress(gateway) });
  }
  const through = tables.longest(vrf, gateway);
  const nextHop = through && nextHops.find(through.nextHop);
  const onLink = nextHop && (nextHop.target.type === 'connected' || through.origin === LEARN);
  const iface = onLink ? interfaces.find(nextHops.interfaceOf(nextHop.index)) : undefined;
  if (iface) return nextHops.resolve(iface, gateway);
  const expected =
    'a gateway on the network of one of our addresses (a link-local one needs a next hop with its interface)';
  throw new ApiError('EHOSTUNREACH', { doing, expected, received: formatAddress(gateway) });
}

const LEARN = numberOf('learn');

function checkNetwork(doing: string, prefix: Prefix): void {
  if (!hasHostBits(prefix)) return;
  const expected = `no bits behind the prefix length of ${prefix.length} of ${addressBits(prefix.address.family)}`;
  throw new ApiError('EINVAL', { doing, expected, received: formatPrefix(prefix) });
}

function readOrigin(doing: string, word: string): number {
  const number = originNumber(word);
  if (number !== undefined) return number;
  throw new ApiError('EINVAL', {
    doing,
    expected: 'a known origin such as static or bgp',
    received: JSON.stringify(word),
  });
}
