import { addressToBytes, type IpAddress } from '../../../net/address.ts';

/** AF_INET and AF_INET6. */
export const FAMILY = { ipv4: 2, ipv6: 10 } as const;

export function bytesOf(address: IpAddress): Buffer {
  return Buffer.from(addressToBytes(address));
}
