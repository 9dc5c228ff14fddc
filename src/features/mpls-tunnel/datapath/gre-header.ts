import { TYPE_MPLS_RAW } from '../../../net/datapath/ether-header';

/**
 * GRE header (RFC 2784 2.1, RFC 2890 2).
 *
 *   0 ┌ C R K S … version (2) ┬ protocol (2) ┐ 4
 *   4 │ checksum, reserved (4), with C         │
 *     │ key (4), with K                        │
 *     └ sequence number (4), with S            ┘
 */
export const GRE_HEADER_BYTES: u32 = 4;
/** The base header in front of labels, as it lies. */
export const GRE_BASE_RAW: u32 = (<u32>TYPE_MPLS_RAW) << 16;
/** Bits of the first byte. */
const CHECKSUM: u32 = 0x80;
const KEY: u32 = 0x20;
const SEQUENCE: u32 = 0x10;
/** Routing, strict source route, recursion: only RFC 1701 knew them. */
const REFUSED: u32 = 0x40 | 0x0f;

/** Version, of the header that lies at `gre`. @inline */
export function greVersion(gre: usize): u32 {
  return load<u8>(gre, 1) & 7;
}

/** Ethertype of what is inside, as it lies. @inline */
export function greProtocol(gre: usize): u16 {
  return load<u16>(gre, 2);
}

/** Tells headers with fields that nobody may send since RFC 2784 (2.3). @inline */
export function hasRefusedFields(gre: usize): bool {
  return (load<u8>(gre) & REFUSED) != 0;
}

/** Tells headers with a checksum. @inline */
export function hasGreChecksum(gre: usize): bool {
  return (load<u8>(gre) & CHECKSUM) != 0;
}

/** Bytes of the whole header. */
export function greHeaderBytes(gre: usize): u32 {
  const flags = <u32>load<u8>(gre);
  return GRE_HEADER_BYTES + 4 * popcnt(flags & (CHECKSUM | KEY | SEQUENCE));
}
