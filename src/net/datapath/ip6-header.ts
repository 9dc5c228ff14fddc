import { loadU16 } from './network-order';

/**
 * IPv6 header (RFC 8200 clause 3). Multi-byte fields lie in network order; addresses are two words as they lie.
 *
 *   0 ┌ version·class·flow (4) │ payload length (2) │ next header │ hop limit ┐ 8
 *   8 │ source (16)                                                          │ 24
 *  24 └ destination (16)                                                     ┘ 40
 */
@unmanaged
export class Ip6Header {
  versionClassFlowRaw: u32;
  payloadLengthRaw: u16;
  nextHeader: u8;
  hopLimit: u8;
  sourceLow: u64;
  sourceHigh: u64;
  destinationLow: u64;
  destinationHigh: u64;

  @inline get version(): u32 {
    return (this.versionClassFlowRaw >> 4) & 15;
  }

  @inline get payloadLength(): u32 {
    return loadU16(changetype<usize>(this) + offsetof<Ip6Header>('payloadLengthRaw'));
  }

  @inline get source(): usize {
    return changetype<usize>(this) + offsetof<Ip6Header>('sourceLow');
  }

  @inline get destination(): usize {
    return changetype<usize>(this) + offsetof<Ip6Header>('destinationLow');
  }
}

export const IP6_HEADER_BYTES: u32 = 40;
/** Largest packet that every link takes whole (RFC 8200 5). */
export const IP6_LEAST_MTU: u32 = 1280;
/** First word of a header without traffic class and flow label, as it lies. */
export const IP6_PLAIN_RAW: u32 = 0x00000060;
/** The first byte of a multicast address, which lies lowest. */
export const IP6_MULTICAST_BYTE: u64 = 0xff;
/** Where the header says what follows it: what an error about that points to. */
export const IP6_NEXT_HEADER_OFFSET: u32 = 6;
/** The flow label's 20 bits, as they lie in versionClassFlowRaw. */
export const IP6_FLOW_LABEL_RAW: u32 = 0xffff0f00;
/** Default hop limit of what the router sends itself (RFC 1700). */
export const IP6_DEFAULT_HOP_LIMIT: u8 = 64;

/** The last 8 bytes of ::1, as they lie. */
const LOOPBACK_HIGH: u64 = 0x0100000000000000;
/** Bytes 8 to 11 of ::ffff:0:0/96, as they lie. */
const MAPPED_RAW: u32 = 0xffff0000;

/** Tells ff00::/8 by an address's first 8 bytes. @inline */
export function isMulticast6(low: u64): bool {
  return <u8>low == 0xff;
}

/** Tells fe80::/10 by an address's first 8 bytes. @inline */
export function isLinkLocal6(low: u64): bool {
  return (<u16>low & 0xc0ff) == 0x80fe;
}

/** Tells ::. @inline */
export function isUnspecified6(low: u64, high: u64): bool {
  return (low | high) == 0;
}

/** Tells ::1 and the IPv4-mapped addresses, which no wire may carry (RFC 4291 2.5.3, RFC 4942 2.2). */
export function isUnroutable6(low: u64, high: u64): bool {
  return !low && (high == LOOPBACK_HIGH || <u32>high == MAPPED_RAW);
}
