import { type IpAddress, sameAddress } from '../../net/address.ts';
import { isLinkLocal } from '../../net/address-scope.ts';
import type { Interfaces } from '../interface/index.ts';
import type { Addresses, Routes } from '../ip/index.ts';
import type { NextHop, NextHops } from '../neighbor/index.ts';
import type { WantedTunnel, Way } from './tunnel.ts';

/** What of the features below tells the way to a tunnel's far end. */
export interface UnderlayParts {
  readonly interfaces: Pick<Interfaces, 'find'>;
  readonly addresses: Pick<Addresses, 'sourceFor' | 'ownerOf'>;
  readonly routes: Pick<Routes, 'longest'>;
  readonly nextHops: Pick<NextHops, 'find'>;
}

/** Finds the way to a tunnel's far end as routes and addresses are now. `before` stays where no route leads there. */
export function wayOf(parts: UnderlayParts, wanted: WantedTunnel, before?: Way): Way {
  const route = parts.routes.longest(wanted.vrf, wanted.remote);
  const nextHop = route && parts.nextHops.find(route.nextHop);
  const found = nextHop && wayThrough(parts, nextHop, wanted.remote);
  const local = wanted.local ? ownAddress(parts, wanted.vrf, wanted.local) : found?.local;
  return { local, mtu: found?.mtu ?? before?.mtu ?? ORDINARY_MTU };
}

/** Tells whether two ways are the same. */
export function sameWay(left: Way, right: Way): boolean {
  if (left.mtu !== right.mtu || !left.local || !right.local) return left === right;
  return sameAddress(left.local, right.local);
}

/** That of Ethernet, where nothing is known. */
const ORDINARY_MTU = 1500;

function ownAddress({ addresses }: UnderlayParts, vrf: number, address: IpAddress): IpAddress | undefined {
  return addresses.ownerOf(vrf, address) ? address : undefined;
}

/** The way through a next hop, undefined where none of its packets leave; of a group, what all members let through. */
function wayThrough(parts: UnderlayParts, { target }: NextHop, remote: IpAddress): Way | undefined {
  switch (target.type) {
    case 'L3':
    case 'connected': {
      const iface = parts.interfaces.find(target.iface);
      const station = target.type === 'L3' ? target.address : undefined;
      return iface && { mtu: iface.mtu, local: sourceFor(parts, iface.id, remote, station) };
    }
    case 'group': {
      const members = [...target.members.keys()].flatMap((index) => parts.nextHops.find(index) ?? []);
      const ways = members.flatMap((member) => wayThrough(parts, member, remote) ?? []);
      const mtu = Math.min(...ways.map((way) => way.mtu));
      return ways.length === 0 ? undefined : { mtu, local: ways.find(({ local }) => local)?.local };
    }
    case 'encapsulation':
      return { mtu: target.mtu, local: undefined };
    default:
      return undefined;
  }
}

/** The address of an interface on the network of the gateway, where it is one of the same kind as the far end. */
function sourceFor(
  { addresses }: UnderlayParts,
  iface: number,
  remote: IpAddress,
  gateway: IpAddress | undefined,
): IpAddress | undefined {
  const fits = gateway?.family === remote.family && isLinkLocal(gateway) === isLinkLocal(remote);
  const source = addresses.sourceFor(iface, fits ? gateway : remote);
  return source && isLinkLocal(source) === isLinkLocal(remote) ? source : undefined;
}
