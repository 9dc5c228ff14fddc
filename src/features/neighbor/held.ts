import type { PacketFields, PacketHandle } from '../../engine/host/packets.ts';
import { addressFromBytes, type Family, type IpAddress } from '../../net/address.ts';
import { isMulticast, isUnspecified } from '../../net/address-scope.ts';

/** A packet in the control thread's hands, with what the datapath had noted of it. */
export interface Held {
  readonly packet: PacketHandle;
  readonly fields: PacketFields;
}

/** The destination of an IP packet; undefined for what is none or no host's. */
export function destinationOf(packet: Uint8Array): IpAddress | undefined {
  const bytes = (packet[0] ?? 0) >> 4 === 6 ? packet.slice(24, 40) : packet.slice(16, 20);
  if (bytes.length !== 4 && bytes.length !== 16) return undefined;
  const address = addressFromBytes(bytes);
  return isMulticast(address) || isUnspecified(address) ? undefined : address;
}

/** The family of a held packet, by its ethertype. */
export function familyOf({ fields }: Held): Family {
  return fields.etherType === etherTypeRaw(0x86dd) ? 'ipv6' : 'ipv4';
}

/** An ethertype as it lies on the wire, read as the datapath reads it. */
export function etherTypeRaw(etherType: number): number {
  return ((etherType & 0xff) << 8) | (etherType >> 8);
}
