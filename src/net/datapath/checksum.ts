// Internet checksum (RFC 1071), computed on the bytes as they lie: the sum is the same in either byte order.

/** 65535⁻¹ modulo 2⁶⁴, and the largest multiple of 65535 in 64 bits, divided by it. */
const INVERSE_65535: u64 = 0xfffefffefffeffff;
const MULTIPLES_65535: u64 = 0x0001000100010001;

/**
 * Tells whether the checksum of an IPv4 header without options is right: whether its ten words add up to 0xffff with
 * the carries added in, which is to say, to a multiple of 65535 (RFC 1071 2; zero they are never). A number is a
 * multiple if its product with the inverse is small, so no carries need to be folded. @inline
 */
export function holds20(header: usize): bool {
  const sum: u64 =
    <u64>load<u32>(header) +
    <u64>load<u32>(header, 4) +
    <u64>load<u32>(header, 8) +
    <u64>load<u32>(header, 12) +
    <u64>load<u32>(header, 16);
  return sum * INVERSE_65535 <= MULTIPLES_65535;
}

/** Sum of any bytes, not folded; an odd last byte is padded with zero. */
export function sumBytes(from: usize, bytes: u32): u64 {
  let sum: u64 = 0;
  let at = from;
  const wordsEnd = from + (bytes & ~3);
  while (at < wordsEnd) {
    sum += load<u32>(at);
    at += 4;
  }
  if (bytes & 2) {
    sum += load<u16>(at);
    at += 2;
  }
  if (bytes & 1) sum += load<u8>(at);
  return sum;
}

/** Folds a sum to 16 bits with the carries added in. @inline */
export function fold(sum: u64): u32 {
  let folded = (sum & 0xffffffff) + (sum >> 32);
  folded = (folded & 0xffff) + (folded >> 16);
  folded = (folded & 0xffff) + (folded >> 16);
  folded = (folded & 0xffff) + (folded >> 16);
  return <u32>folded;
}

/** The checksum field of a header of which one word changes (RFC 1624 3), all as they lie on the wire. */
export function checksumAfter(checksum: u16, before: u32, after: u32): u16 {
  return checksumOf(<u64>(<u32>checksum ^ 0xffff) + (before ^ 0xffff) + after);
}

/** A checksum field when words that it covers change by so much, folded to 16 bits (RFC 1624 3). @inline */
export function checksumChanged(checksum: u32, change: u32): u32 {
  const sum = (checksum ^ 0xffff) + change;
  return ((sum & 0xffff) + (sum >> 16)) ^ 0xffff;
}

/** The checksum field of a header whose other words have this sum. @inline */
export function checksumOf(sum: u64): u16 {
  return ~(<u16>fold(sum));
}
