import type { IpAddress } from '../../net/address.ts';
import { isBroadcast, isLinkLocal, isLoopback, isMulticast, isUnspecified } from '../../net/address-scope.ts';

/** Tells whether an address can be a tunnel's end: one station's, to which routes lead. */
export function isRoutedStation(address: IpAddress): boolean {
  const isSpecial =
    isUnspecified(address) || isLoopback(address) || isMulticast(address) || isBroadcast(address);
  return !isSpecial && !isBoundToLink(address);
}

/** Only of IPv6 do link-local addresses mean something else on each link; routes lead to those of IPv4. */
export function isBoundToLink(address: IpAddress): boolean {
  return address.family === 'ipv6' && isLinkLocal(address);
}
