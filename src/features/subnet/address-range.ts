import { addressBits, type Family, formatAddress, parseAddress } from '../../net/address.ts';
import {
  formatPrefix,
  hasHostBits,
  hostPrefix,
  lastAddress,
  networkOf,
  type Prefix,
  parsePrefix,
} from '../../net/prefix.ts';
import { ValueError } from '../../net/value-error.ts';

/** A prefix as the numbers of its first and last address. */
export interface AddressRange {
  readonly family: Family;
  readonly length: number;
  readonly first: bigint;
  readonly last: bigint;
  readonly text: string;
}

/** Reads ADDRESS/LENGTH without host bits. @throws ValueError */
export function parseRange(text: string): AddressRange {
  const prefix = parsePrefix(text);
  if (!hasHostBits(prefix)) return rangeOf(prefix);
  throw new ValueError({
    expected: `a prefix without host bits such as ${formatPrefix(networkOf(prefix))}`,
    received: text,
  });
}

/** Reads an address, or a prefix without host bits. @throws ValueError */
export function parseAddressOrRange(text: string): AddressRange {
  return text.includes('/') ? parseRange(text) : rangeOfAddress(text);
}

/** Tells whether two ranges have an address in common. */
export function overlap(one: AddressRange, other: AddressRange): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}

/** Tells whether an address is in a range. */
export function isWithin(
  range: AddressRange,
  address: { readonly family: Family; readonly value: bigint },
): boolean {
  return range.family === address.family && range.first <= address.value && address.value <= range.last;
}

/** Gives the range of a length that starts at an address. */
export function rangeAt(family: Family, first: bigint, length: number): AddressRange {
  const last = first + (1n << BigInt(addressBits(family) - length)) - 1n;
  return { family, length, first, last, text: `${formatAddress({ family, value: first })}/${length}` };
}

function rangeOfAddress(text: string): AddressRange {
  return rangeOf(hostPrefix(parseAddress(text)));
}

function rangeOf(prefix: Prefix): AddressRange {
  return {
    family: prefix.address.family,
    length: prefix.length,
    first: prefix.address.value,
    last: lastAddress(prefix).value,
    text: formatPrefix(prefix),
  };
}
