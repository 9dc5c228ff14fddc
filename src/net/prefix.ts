import { addressBits, formatAddress, type IpAddress, parseAddress, sameAddress } from './address.ts';
import { quoted, ValueError } from './value-error.ts';

/** An address with the length of its network part; the host bits are kept as given. */
export interface Prefix {
  readonly address: IpAddress;
  readonly length: number;
}

/** Parses ADDRESS/LENGTH and keeps the host bits; throws a ValueError. */
export function parsePrefix(text: string): Prefix {
  const slash = text.indexOf('/');
  if (slash < 0) throw notPrefix(text, 'it has no "/"');
  const address = parseAddress(text.slice(0, slash));
  return { address, length: parseLength(text.slice(slash + 1), address, text) };
}

/** Writes ADDRESS/LENGTH. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(prefix.address)}/${prefix.length}`;
}

/** Gives the prefix that holds an address alone. */
export function hostPrefix(address: IpAddress): Prefix {
  return { address, length: addressBits(address.family) };
}

/** Gives the network that a prefix lies in: the same prefix with its host bits cleared. */
export function networkOf(prefix: Prefix): Prefix {
  const hostBits = BigInt(addressBits(prefix.address.family) - prefix.length);
  return {
    address: { family: prefix.address.family, value: (prefix.address.value >> hostBits) << hostBits },
    length: prefix.length,
  };
}

/** Tells whether a prefix has bits set beyond its length. */
export function hasHostBits(prefix: Prefix): boolean {
  return !sameAddress(prefix.address, networkOf(prefix).address);
}

/** Tells whether an address lies in the network of a prefix. */
export function contains(prefix: Prefix, address: IpAddress): boolean {
  if (address.family !== prefix.address.family) return false;
  const hostBits = BigInt(addressBits(address.family) - prefix.length);
  return address.value >> hostBits === prefix.address.value >> hostBits;
}

/** Gives the highest address of a prefix, the broadcast address of an IPv4 subnet. */
export function lastAddress(prefix: Prefix): IpAddress {
  const hostBits = BigInt(addressBits(prefix.address.family) - prefix.length);
  return { family: prefix.address.family, value: prefix.address.value | ((1n << hostBits) - 1n) };
}

/** Tells whether two prefixes have the same address and length. */
export function samePrefix(left: Prefix, right: Prefix): boolean {
  return left.length === right.length && sameAddress(left.address, right.address);
}

function parseLength(text: string, address: IpAddress, whole: string): number {
  const most = addressBits(address.family);
  if (!/^(0|[1-9][0-9]{0,2})$/.test(text) || Number(text) > most) {
    throw notPrefix(whole, `the length ${quoted(text)} is not a number from 0 to ${most}`);
  }
  return Number(text);
}

function notPrefix(text: string, because: string): ValueError {
  return new ValueError({
    expected: 'an address with a prefix length such as 192.0.2.1/24 or 2001:db8::1/64',
    received: quoted(text),
    because,
  });
}
