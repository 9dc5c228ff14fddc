import type { IpAddress, Ipv6Address } from './address.ts';

/** Tells 0.0.0.0 and :: from all others. */
export function isUnspecified(address: IpAddress): boolean {
  return address.value === 0n;
}

/** Tells addresses of 127.0.0.0/8 and ::1. */
export function isLoopback(address: IpAddress): boolean {
  return address.family === 'ipv4' ? address.value >> 24n === 127n : address.value === 1n;
}

/** Tells addresses of 224.0.0.0/4 and ff00::/8. */
export function isMulticast(address: IpAddress): boolean {
  return address.family === 'ipv4' ? address.value >> 28n === 0xen : address.value >> 120n === 0xffn;
}

/** Tells addresses of 169.254.0.0/16 and fe80::/10. */
export function isLinkLocal(address: IpAddress): boolean {
  return address.family === 'ipv4' ? address.value >> 16n === 0xa9fen : address.value >> 118n === 0x3fan;
}

/** Tells 255.255.255.255. */
export function isBroadcast(address: IpAddress): boolean {
  return address.family === 'ipv4' && address.value === 0xffffffffn;
}

/** Gives the solicited-node multicast address of RFC 4291 section 2.7.1. */
export function solicitedNode(address: Ipv6Address): Ipv6Address {
  return {
    family: 'ipv6',
    value: (0xff02_0000_0000_0000_0000_0001_ffn << 24n) | (address.value & 0xffffffn),
  };
}
