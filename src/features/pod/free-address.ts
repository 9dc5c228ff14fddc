import { addressBits, type IpAddress, sameAddress } from '../../net/address.ts';
import { contains, lastAddress, networkOf, type Prefix } from '../../net/prefix.ts';
import type { PodSubnet } from './network.ts';

/** Tells whether an address of a subnet may be given to a container at all. */
export function isForContainers(subnet: PodSubnet, address: IpAddress): boolean {
  if (!contains(subnet.prefix, address) || sameAddress(address, subnet.gateway)) return false;
  if (hasEnds(subnet.prefix) && isEnd(subnet.prefix, address)) return false;
  return !subnet.excluded.some((prefix) => contains(prefix, address));
}

/**
 * Finds the next free address of a subnet's blocks behind the one that was given last, so that an address that was
 * just freed rests as long as others are free.
 */
export function nextFree(
  subnet: PodSubnet,
  last: IpAddress | undefined,
  isTaken: (address: IpAddress) => boolean,
): IpAddress | undefined {
  const at = last ? subnet.blocks.findIndex((block) => contains(block, last)) : -1;
  const [now] = at < 0 ? [] : subnet.blocks.slice(at, at + 1);
  const later = [...subnet.blocks.slice(at + 1), ...subnet.blocks.slice(0, Math.max(0, at))];
  const isFree = (address: IpAddress) => isForContainers(subnet, address) && !isTaken(address);
  const behind = now && last ? firstFree(last.value + 1n, lastAddress(now).value, now, isFree) : undefined;
  if (behind) return behind;
  for (const block of now ? [...later, now] : later) {
    const found = firstFree(networkOf(block).address.value, lastAddress(block).value, block, isFree);
    if (found) return found;
  }
  return undefined;
}

/** No node holds more attachments than this; an IPv6 block has more addresses than anybody can look at. */
const MOST_LOOKED_AT = 1n << 17n;

function firstFree(
  from: bigint,
  to: bigint,
  { address: { family } }: Prefix,
  isFree: (address: IpAddress) => boolean,
): IpAddress | undefined {
  const end = to < from + MOST_LOOKED_AT ? to : from + MOST_LOOKED_AT;
  for (let value = from; value <= end; value++) if (isFree({ family, value })) return { family, value };
  return undefined;
}

/** Links of two addresses and hosts have no network and broadcast address (RFC 3021, RFC 6164). */
function hasEnds({ address, length }: Prefix): boolean {
  return addressBits(address.family) - length > 1;
}

/** Nobody has a network's own address, nor an IPv4 broadcast address (RFC 1122 3.2.1.3, RFC 4291 2.6.1). */
function isEnd(prefix: Prefix, address: IpAddress): boolean {
  if (sameAddress(address, networkOf(prefix).address)) return true;
  return address.family === 'ipv4' && sameAddress(address, lastAddress(prefix));
}
