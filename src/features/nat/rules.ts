import { ApiError } from '../../engine/api-error.ts';
import { formatAddress, type Ipv4Address, sameAddress } from '../../net/address.ts';
import { formatPrefix, type Prefix, samePrefix } from '../../net/prefix.ts';

/** An address that stands for a station inside, on one interface. */
export interface Dnat44 {
  readonly iface: number;
  readonly destination: Ipv4Address;
  readonly replace: Ipv4Address;
}

/** Sources of a subnet become one address, on one interface. */
export interface Snat44 {
  readonly iface: number;
  readonly subnet: Prefix;
  readonly replace: Ipv4Address;
}

export function dnatText({ destination, replace }: Dnat44): string {
  return `destination=${formatAddress(destination)} replace=${formatAddress(replace)}`;
}

export function snatText({ subnet, replace }: Snat44): string {
  return `subnet=${formatPrefix(subnet)} replace=${formatAddress(replace)}`;
}

/** The rule of a destination. @throws ApiError ENOENT */
export function findDnat(doing: string, rules: readonly Dnat44[], wanted: Omit<Dnat44, 'replace'>): Dnat44 {
  const { iface, destination } = wanted;
  const found = rules.find((rule) => rule.iface === iface && sameAddress(rule.destination, destination));
  if (found) return found;
  const expected = 'a destination that has a rule there';
  throw new ApiError('ENOENT', { doing, expected, received: 'one that has none' });
}

/** The rule that says the same. @throws ApiError ENOENT */
export function findSnat(doing: string, rules: readonly Snat44[], wanted: Snat44): Snat44 {
  const { iface, subnet, replace } = wanted;
  const found = rules.find(
    (rule) => rule.iface === iface && samePrefix(rule.subnet, subnet) && sameAddress(rule.replace, replace),
  );
  if (found) return found;
  throw new ApiError('ENOENT', { doing, expected: 'a rule that is there', received: snatText(wanted) });
}

/** An address as a number with its first byte lowest: as it lies on the wire, for whoever reads it there. */
export function rawOf({ value }: { readonly value: bigint }): number {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setUint32(0, Number(value));
  return bytes.getUint32(0, true);
}

/** An address in host order. */
export function numberOf({ value }: { readonly value: bigint }): number {
  return Number(value);
}

/** The mask of a prefix of so many bits, in host order. */
export function maskOf(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}
