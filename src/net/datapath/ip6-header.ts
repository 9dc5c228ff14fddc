/**
 * IPv6 header (RFC 8200 section 3), 40 bytes. Multi-byte fields lie in network order.
 *
 *   0 ┌ version·traffic class·flow label │ payload length │ next header │ hop limit ┐
 *   8 │ source                                                                      │
 *  24 │ destination                                                                 │
 */
@unmanaged
export class Ip6Header {
  versionClassFlowRaw: u32;
  payloadLengthRaw: u16;
  nextHeader: u8;
  hopLimit: u8;
  /** The first and last 8 bytes of each address, as they lie. */
  sourceStart: u64;
  sourceEnd: u64;
  destinationStart: u64;
  destinationEnd: u64;

  @inline get version(): u32 {
    return (this.versionClassFlowRaw >> 4) & 15;
  }

  @inline get payloadLength(): u32 {
    return bswap(this.payloadLengthRaw);
  }

  @inline get source(): usize {
    return changetype<usize>(this) + offsetof<Ip6Header>('sourceStart');
  }

  @inline get destination(): usize {
    return changetype<usize>(this) + offsetof<Ip6Header>('destinationStart');
  }
}

export const IP6_HEADER_BYTES: u32 = 40;
/** Where the header says what follows it: what an error about that points to. */
export const IP6_NEXT_HEADER_OFFSET: u32 = 6;
/** Version 6, as the first byte lies in versionClassFlowRaw. */
export const IP6_VERSION_RAW: u32 = 0x60;
/** The flow label's 20 bits, as they lie in versionClassFlowRaw. */
export const IP6_FLOW_LABEL_RAW: u32 = 0xffff0f00;

/** The last 8 bytes of ::1, as they lie. */
const LOOPBACK_END: u64 = 0x0100000000000000;
/** Bytes 8 to 11 of ::ffff:0:0/96, as they lie. */
const MAPPED_RAW: u32 = 0xffff0000;

/** Tells ff00::/8 by an address's first 8 bytes. @inline */
export function isMulticast6(start: u64): bool {
  return <u8>start == 0xff;
}

/** Tells fe80::/10 by an address's first 8 bytes. @inline */
export function isLinkLocal6(start: u64): bool {
  return (<u16>start & 0xc0ff) == 0x80fe;
}

/** Tells ::. @inline */
export function isUnspecified6(start: u64, end: u64): bool {
  return (start | end) == 0;
}

/** Tells ::1 and the IPv4-mapped addresses, which no wire may carry (RFC 4291 2.5.3, RFC 4942 2.2). */
export function isUnroutable6(start: u64, end: u64): bool {
  return !start && (end == LOOPBACK_END || <u32>end == MAPPED_RAW);
}
