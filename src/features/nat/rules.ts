import type { Ipv4Address } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';

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
