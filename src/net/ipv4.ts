import { quoted, ValueError } from './value-error.ts';

/** An IPv4 address: an immutable value whose 32 bits are the low bits of `value`. */
export interface Ipv4Address {
  readonly family: 'ipv4';
  readonly value: bigint;
}

/** Parses dotted decimal of exactly four parts without leading zeros; throws a ValueError. */
export function parseIpv4(text: string): Ipv4Address {
  const parts = text.split('.');
  if (parts.length !== 4) throw notIpv4(text, `it has ${parts.length} parts, not 4`);
  let value = 0;
  for (const part of parts) value = value * 256 + parseOctet(part, text);
  return { family: 'ipv4', value: BigInt(value) };
}

/** Writes dotted decimal. */
export function formatIpv4(address: Ipv4Address): string {
  const value = Number(address.value);
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

function parseOctet(part: string, whole: string): number {
  if (!/^[0-9]{1,3}$/.test(part)) throw notIpv4(whole, `${quoted(part)} is not a number from 0 to 255`);
  if (part.length > 1 && part.startsWith('0')) throw notIpv4(whole, `${quoted(part)} has a leading zero`);
  const octet = Number(part);
  if (octet > 255) throw notIpv4(whole, `${part} is above 255`);
  return octet;
}

function notIpv4(text: string, because: string): ValueError {
  return new ValueError({ expected: 'an IPv4 address such as 192.0.2.1', received: quoted(text), because });
}
