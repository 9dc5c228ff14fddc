import type { Ipv6Address } from './address.ts';
import { quoted, ValueError } from './value-error.ts';

/** An Ethernet address: an immutable value of 48 bits. */
export interface Mac {
  readonly kind: 'mac';
  readonly value: number;
}

/** Parses six pairs of hexadecimal digits joined by ":"; throws a ValueError. */
export function parseMac(text: string): Mac {
  if (/^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}$/.test(text))
    return mac(Number.parseInt(text.replaceAll(':', ''), 16));
  throw new ValueError({ expected: 'a MAC address such as 02:00:00:00:00:01', received: quoted(text) });
}

/** Writes six lower-case pairs joined by ":". */
export function formatMac(address: Mac): string {
  const digits = address.value.toString(16).padStart(12, '0');
  return digits.replace(/..(?=.)/g, '$&:');
}

/** Reads an address from 6 bytes. */
export function macFromBytes(bytes: Uint8Array): Mac {
  if (bytes.length === 6) return mac(bytes.reduce((value, byte) => value * 256 + byte, 0));
  throw new ValueError({ expected: 'a MAC address of 6 bytes', received: `${bytes.length} bytes` });
}

/** Writes an address as 6 fresh bytes. */
export function macToBytes(address: Mac): Uint8Array {
  return Uint8Array.from({ length: 6 }, (_, index) => Math.floor(address.value / 256 ** (5 - index)) % 256);
}

/** Makes a locally administered unicast address of random bits (IEEE 802 clause 8.4). */
export function randomMac(): Mac {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return macFromBytes(bytes);
}

/** Tells whether two addresses are the same value. */
export function sameMac(left: Mac, right: Mac): boolean {
  return left.value === right.value;
}

/** Tells group addresses, broadcast included. */
export function isGroupMac(address: Mac): boolean {
  return Math.floor(address.value / 2 ** 40) % 2 === 1;
}

/** Tells the address that an interface may have: neither zero nor a group. */
export function isUnicastMac(address: Mac): boolean {
  return address.value !== 0 && !isGroupMac(address);
}

/** Gives the link-local address made of a MAC's modified EUI-64 (RFC 4291 appendix A). */
export function linkLocalOf(address: Mac): Ipv6Address {
  const bits = BigInt(address.value) ^ (0x02n << 40n);
  const interfaceId = ((bits >> 24n) << 40n) | (0xfffen << 24n) | (bits & 0xffffffn);
  return { family: 'ipv6', value: (0xfe80n << 112n) | interfaceId };
}

function mac(value: number): Mac {
  return { kind: 'mac', value };
}
