import { addressFromBytes, addressToBytes, type IpAddress } from '../../net/address.ts';
import { type Mac, macFromBytes, macToBytes } from '../../net/mac.ts';

// Values as the datapath holds them: words read as the bytes lie, the first byte lowest.

/** An address's two words; an IPv4 address has its four bytes first. */
export interface AddressWords {
  readonly low: bigint;
  readonly high: bigint;
}

export function addressWords(address: IpAddress): AddressWords {
  const bytes = new Uint8Array(16);
  bytes.set(addressToBytes(address));
  const view = new DataView(bytes.buffer);
  return { low: view.getBigUint64(0, true), high: view.getBigUint64(8, true) };
}

/** A MAC address in the low 48 bits. */
export function macWord(mac: Mac): bigint {
  const bytes = new Uint8Array(8);
  bytes.set(macToBytes(mac));
  return new DataView(bytes.buffer).getBigUint64(0, true);
}

/** The family by which the datapath knows an IPv4 address that we ask whether it is free. */
export const PROBED_FAMILY = 5;

/** The number by which the datapath knows an address's family. */
export function familyNumber(address: IpAddress): 4 | 6 {
  return address.family === 'ipv4' ? 4 : 6;
}

/** What a stage has heard of a neighbour (datapath/heard.ts). */
export interface Heard {
  readonly address: IpAddress;
  readonly mac: Mac | undefined;
  /** HEARD_… bits. */
  readonly flags: number;
}

/** Reads the 48 bytes of a stage's message. */
export function readHeard(data: DataView): Heard {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  const mac = macFromBytes(bytes.subarray(16, 22));
  return {
    address: addressFromBytes(bytes.subarray(0, bytes[22] === 4 ? 4 : 16)),
    mac: mac.value === 0 ? undefined : mac,
    flags: data.getUint32(24, true),
  };
}
