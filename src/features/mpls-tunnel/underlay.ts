import { type IpAddress, sameAddress } from '../../net/address.ts';
import { DEFAULT_MTU } from '../interface/index.ts';
import type { Addresses } from '../ip/index.ts';
import { type Way, type WayParts, wayTo } from '../tunnel/index.ts';
import type { WantedTunnel } from './tunnel.ts';

/** What of the features below tells the way to a tunnel's far end. */
export interface UnderlayParts extends WayParts {
  readonly addresses: Pick<Addresses, 'sourceFor' | 'ownerOf'>;
}

/** Finds the way to a tunnel's far end as routes and addresses are now. `before` stays where no route leads there. */
export function wayOf(parts: UnderlayParts, wanted: WantedTunnel, before?: Way): Way {
  const found = wayTo(parts, wanted.vrf, wanted.remote);
  const local = wanted.local ? ownAddress(parts, wanted.vrf, wanted.local) : found?.local;
  return { local, mtu: found?.mtu ?? before?.mtu ?? DEFAULT_MTU };
}

/** Tells whether two ways are the same. */
export function sameWay(left: Way, right: Way): boolean {
  if (left.mtu !== right.mtu || !left.local || !right.local) return left === right;
  return sameAddress(left.local, right.local);
}

function ownAddress({ addresses }: UnderlayParts, vrf: number, address: IpAddress): IpAddress | undefined {
  return addresses.ownerOf(vrf, address) ? address : undefined;
}
