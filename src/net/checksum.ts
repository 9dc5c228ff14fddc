import { addressToBytes, type IpAddress } from './address.ts';

/** Gives the Internet checksum of bytes (RFC 1071), ready to be stored in network order. */
export function checksum(bytes: Uint8Array, initialSum = 0): number {
  return ~foldSum(sumWords(bytes, initialSum)) & 0xffff;
}

/** Adds 16-bit words in network order to a running sum; an odd last byte is padded with zero. */
export function sumWords(bytes: Uint8Array, initialSum = 0): number {
  let sum = initialSum;
  for (let index = 0; index < bytes.length; index += 2) {
    sum += ((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0);
  }
  return sum;
}

/** Gives a checksum after one 16-bit word under it changed (RFC 1624, equation 3). */
export function updateChecksum(change: {
  readonly checksum: number;
  readonly before: number;
  readonly after: number;
}): number {
  const sum = (~change.checksum & 0xffff) + (~change.before & 0xffff) + change.after;
  return ~foldSum(sum) & 0xffff;
}

/** Sums the pseudo header of TCP, UDP and ICMPv6 (RFC 9293 section 3.1, RFC 8200 section 8.1). */
export function pseudoHeaderSum(header: {
  readonly source: IpAddress;
  readonly destination: IpAddress;
  readonly protocol: number;
  readonly length: number;
}): number {
  const addresses = sumWords(addressToBytes(header.destination), sumWords(addressToBytes(header.source)));
  return addresses + header.protocol + (header.length >>> 16) + (header.length & 0xffff);
}

function foldSum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return folded;
}
