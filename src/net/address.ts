import { formatIpv4, type Ipv4Address, parseIpv4 } from './ipv4.ts';
import { formatIpv6, type Ipv6Address, parseIpv6 } from './ipv6.ts';
import { quoted, ValueError } from './value-error.ts';

export type Family = 'ipv4' | 'ipv6';

export type IpAddress = Ipv4Address | Ipv6Address;

export { type Ipv4Address, type Ipv6Address, parseIpv4, parseIpv6 };

/** Parses an address of either family; throws a ValueError on anything else. */
export function parseAddress(text: string): IpAddress {
  if (text.includes(':')) return parseIpv6(text);
  if (/^[0-9]+\./.test(text)) return parseIpv4(text);
  throw new ValueError({ expected: 'an IPv4 or IPv6 address', received: quoted(text) });
}

/** Writes dotted decimal, or the canonical IPv6 text of RFC 5952. */
export function formatAddress(address: IpAddress): string {
  return address.family === 'ipv4' ? formatIpv4(address) : formatIpv6(address);
}

/** Reads an address from 4 or 16 bytes in network order. */
export function addressFromBytes(bytes: Uint8Array): IpAddress {
  if (bytes.length === 4) return { family: 'ipv4', value: bytesToBits(bytes) };
  if (bytes.length === 16) return { family: 'ipv6', value: bytesToBits(bytes) };
  throw new ValueError({ expected: 'an address of 4 or 16 bytes', received: `${bytes.length} bytes` });
}

/** Writes an address as 4 or 16 fresh bytes in network order. */
export function addressToBytes(address: IpAddress): Uint8Array {
  const bytes = new Uint8Array(addressBits(address.family) / 8);
  let rest = address.value;
  for (let index = bytes.length - 1; index >= 0; index--) {
    bytes[index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** Makes an IPv4 address from an unsigned 32-bit number in host order. */
export function ipv4FromNumber(value: number): Ipv4Address {
  return { family: 'ipv4', value: BigInt(value >>> 0) };
}

/** Gives the number of bits in an address of a family. */
export function addressBits(family: Family): 32 | 128 {
  return family === 'ipv4' ? 32 : 128;
}

/** Orders IPv4 before IPv6, then by value; usable with `sort`. */
export function compareAddresses(left: IpAddress, right: IpAddress): number {
  if (left.family !== right.family) return left.family === 'ipv4' ? -1 : 1;
  if (left.value === right.value) return 0;
  return left.value < right.value ? -1 : 1;
}

/** Tells whether two addresses are the same value. */
export function sameAddress(left: IpAddress, right: IpAddress): boolean {
  return left.family === right.family && left.value === right.value;
}

function bytesToBits(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
