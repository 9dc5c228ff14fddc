/**
 * Neighbor solicitation and advertisement (RFC 4861 4.3 and 4.4), from the ICMPv6 header on; options follow.
 *
 *   0 ┌ type │ code │ checksum │ R·S·O flags │ reserved (3) ┐ 8
 *   8 └ target (16)                                         ┘ 24
 */
@unmanaged
export class NdMessage {
  type: u8;
  code: u8;
  checksumRaw: u16;
  flags: u8;
  reserved1: u8;
  reserved2: u16;
  targetLow: u64;
  targetHigh: u64;
}

export const ND_BYTES: u32 = 24;
/** A router solicitation without options (RFC 4861 4.1). */
export const RS_BYTES: u32 = 8;
export const ND_SOLICITATION: u8 = 135;
export const ND_ADVERTISEMENT: u8 = 136;
/** Flags of an advertisement. */
export const ND_ROUTER: u8 = 0x80;
export const ND_SOLICITED: u8 = 0x40;
export const ND_OVERRIDE: u8 = 0x20;
/** Options with a link-layer address (RFC 4861 4.6.1). */
export const ND_SOURCE_MAC: u8 = 1;
export const ND_TARGET_MAC: u8 = 2;
/** Hop limit that no router has taken one from (RFC 4861 3.1). */
export const ND_HOP_LIMIT: u8 = 255;

/** What `macOption` answers when a message's options are broken (RFC 4861 4.6: none has length zero). */
export const BAD_OPTIONS: u64 = u64.MAX_VALUE;

/** The MAC address of an option in the low 48 bits, options from byte `first` on; zero when the message has none. */
export function macOption(message: usize, length: u32, kind: u8, first: u32 = ND_BYTES): u64 {
  let mac: u64 = 0;
  for (let at = first; at < length; ) {
    if (length - at < 8) return BAD_OPTIONS;
    const option = message + at;
    const bytes = (<u32>load<u8>(option, 1)) << 3;
    if (!bytes || bytes > length - at) return BAD_OPTIONS;
    if (load<u8>(option) == kind && bytes == 8) mac = load<u64>(option) >> 16;
    at += bytes;
  }
  return mac;
}
