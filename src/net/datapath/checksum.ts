// Internet checksum (RFC 1071), computed on the bytes as they lie: the sum is the same in either byte order.

/** Tells whether the checksum of an IPv4 header without options is right: whether its ten words add up to 0xffff. @inline */
export function holds20(header: usize): bool {
  const sum: u64 =
    <u64>load<u32>(header) +
    <u64>load<u32>(header, 4) +
    <u64>load<u32>(header, 8) +
    <u64>load<u32>(header, 12) +
    <u64>load<u32>(header, 16);
  // Five words make 35 bits. Two folds leave 0x10000 at most, which a third would make 1: not 0xffff either way.
  const folded = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
  return (folded & 0xffff) + (folded >> 16) == 0xffff;
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

/** Folds a sum to 16 bits with the carries added in. */
export function fold(sum: u64): u32 {
  let folded = (sum & 0xffffffff) + (sum >> 32);
  folded = (folded & 0xffff) + (folded >> 16);
  folded = (folded & 0xffff) + (folded >> 16);
  folded = (folded & 0xffff) + (folded >> 16);
  return <u32>folded;
}

/** The checksum field of a header whose other words have this sum. */
export function checksumOf(sum: u64): u16 {
  return ~(<u16>fold(sum));
}
