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

  @inline get payloadLength(): u32 {
    return bswap(this.payloadLengthRaw);
  }
}

export const IP6_HEADER_BYTES: u32 = 40;
/** First word of a header without traffic class and flow label, as it lies. */
export const IP6_PLAIN_RAW: u32 = 0x00000060;
/** The first byte of a multicast address, which lies lowest. */
export const IP6_MULTICAST_BYTE: u64 = 0xff;
