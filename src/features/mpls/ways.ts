import { ApiError } from '../../engine/api-error.ts';
import type { Interfaces } from '../interface/index.ts';
import type { NextHop, NextHops } from '../neighbor/index.ts';

/** What is asked about next hops that packets with labels go to. */
export interface WaysParts {
  readonly nextHops: Pick<NextHops, 'find'>;
  readonly interfaces: Pick<Interfaces, 'find'>;
}

/** Tells whether packets with labels can go to a next hop: a neighbour, a tunnel, more labels, or a group of these. */
export function isWay({ nextHops }: Pick<WaysParts, 'nextHops'>, { target }: NextHop): boolean {
  if (target.type === 'L3') return target.address !== undefined;
  if (target.type === 'encapsulation') return true;
  if (target.type !== 'group') return false;
  return [...target.members.keys()].every((member) => {
    const found = nextHops.find(member);
    return found !== undefined && isWay({ nextHops }, found);
  });
}

/** Largest packet, with labels, that a next hop takes. */
export function mtuOf({ nextHops, interfaces }: WaysParts, { target }: NextHop): number {
  if (target.type === 'L3') return interfaces.find(target.iface)?.mtu ?? LARGEST;
  if (target.type === 'encapsulation') return target.mtu;
  if (target.type !== 'group') return LARGEST;
  const members = [...target.members.keys()].flatMap((member) => nextHops.find(member) ?? []);
  return Math.min(LARGEST, ...members.map((member) => mtuOf({ nextHops, interfaces }, member)));
}

/** Checks a next hop that packets with labels are to go to. @throws ApiError EINVAL */
export function checkWay(doing: string, parts: Pick<WaysParts, 'nextHops'>, nextHop: NextHop): void {
  if (isWay(parts, nextHop)) return;
  throw new ApiError('EINVAL', {
    doing,
    expected:
      'a next hop that packets with labels can go to: a neighbour with an address, a tunnel, or a group of such',
    received: `next hop ${nextHop.id}`,
  });
}

/** Refuses that a next hop which packets with labels go to becomes one that they cannot. @throws ApiError EBUSY */
export function checkStaysWay(
  parts: Pick<WaysParts, 'nextHops'>,
  nextHop: NextHop,
  users: readonly string[],
): void {
  if (users.length === 0 || isWay(parts, nextHop)) return;
  throw new ApiError('EBUSY', {
    doing: `change next hop ${nextHop.id}`,
    expected: `one that packets with labels can go to, as ${users.join(', ')} uses it`,
    received: nextHop.target.type,
  });
}

/** Largest packet of all. */
export const LARGEST = 65535;
