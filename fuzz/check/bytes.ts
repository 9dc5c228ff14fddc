// Sums and digests of bytes in a DataView, written for the check alone: it shares no code with what it checks.

/** Sum of `length` bytes as 16-bit words in network order, an odd one padded with zero, folded (RFC 1071). */
export function sum16(view: DataView, at: number, length: number, start = 0): number {
  let sum = start;
  let i = at;
  for (const end = at + (length & ~3); i < end; i += 4) sum += view.getUint32(i);
  if (length & 2) {
    sum += view.getUint16(i);
    i += 2;
  }
  if (length & 1) sum += view.getUint8(i) << 8;
  let folded = (sum % 0x100000000) + Math.floor(sum / 0x100000000);
  while (folded > 0xffff) folded = (folded % 0x10000) + Math.floor(folded / 0x10000);
  return folded;
}

/** Sum of an upper layer's pseudo header for the IP header at `ip` (RFC 9293 3.1, RFC 8200 8.1). */
export function pseudoSum(view: DataView, ip: number, protocol: number, length: number): number {
  const isIp4 = view.getUint8(ip) >> 4 === 4;
  return sum16(view, ip + (isIp4 ? 12 : 8), isIp4 ? 8 : 32, protocol + length);
}

/** A number that differs where bytes do, nearly always. */
export function digest(view: DataView, at: number, length: number, seed: number): number {
  let hash = seed ^ Math.imul(length, 0x9e3779b1);
  let i = at;
  for (const end = at + (length & ~3); i < end; i += 4) {
    hash = Math.imul(hash ^ view.getUint32(i, true), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (const end = at + length; i < end; i++) hash = Math.imul(hash ^ view.getUint8(i), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/** Where two runs of bytes first differ; -1 where they do not. */
export function firstDifference(
  view: DataView,
  at: number,
  bytes: Uint8Array,
  from: number,
  length: number,
): number {
  for (let i = 0; i < length; i++) if (view.getUint8(at + i) !== bytes[from + i]) return i;
  return -1;
}
