import type { IpAddress } from '../../net/address.ts';
import { isLinkLocal } from '../../net/address-scope.ts';
import type { Interfaces } from '../interface/index.ts';
import type { Addresses, Routes } from '../ip/index.ts';
import type { NextHop, NextHops } from '../neighbor/index.ts';

/** What of the features below tells the way to a tunnel's far end. */
export interface WayParts {
  readonly interfaces: Pick<Interfaces, 'find'>;
  readonly addresses: Pick<Addresses, 'sourceFor'>;
  readonly routes: Pick<Routes, 'longest'>;
  readonly nextHops: Pick<NextHops, 'find'>;
}

/** What the underlay has for a tunnel. */
export interface Way {
  /** The address of ours that packets come from; undefined when there is none, and none can be sent. */
  readonly local: IpAddress | undefined;
  /** Largest IP packet that the underlay takes to the far end. */
  readonly mtu: number;
}

/** Finds the way to an address of a VRF, as routes and addresses are now; undefined where none leads there. */
export function wayTo(parts: WayParts, vrf: number, remote: IpAddress): Way | undefined {
  const route = parts.routes.longest(vrf, remote);
  const nextHop = route && parts.nextHops.find(route.nextHop);
  return nextHop && wayThrough(parts, nextHop, remote);
}

/** The way through a next hop, undefined where none of its packets leave; of a group, what all members let through. */
function wayThrough(parts: WayParts, { target }: NextHop, remote: IpAddress): Way | undefined {
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
  { addresses }: WayParts,
  iface: number,
  remote: IpAddress,
  gateway: IpAddress | undefined,
): IpAddress | undefined {
  const fits = gateway?.family === remote.family && isLinkLocal(gateway) === isLinkLocal(remote);
  const source = addresses.sourceFor(iface, fits ? gateway : remote);
  return source && isLinkLocal(source) === isLinkLocal(remote) ? source : undefined;
}
