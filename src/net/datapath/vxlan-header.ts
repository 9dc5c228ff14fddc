/**
 * VXLAN header (RFC 7348 5).
 *
 *   0 ┌ flags: · · · · I · · · │ reserved (3) ┬ VNI (3) │ reserved ┐ 8
 */
@unmanaged
export class VxlanHeader {
  /** The flags' byte lies lowest. */
  flagsRaw: u32;
  vniRaw: u32;
}

export const VXLAN_HEADER_BYTES: u32 = 8;
/** The header has a VNI: the only flag there is, as it lies. What is reserved is zero and not looked at. */
export const VXLAN_I_RAW: u32 = 0x08;

/** The number of a VNI as it lies, without the reserved byte behind it. @inline */
export function vniOf(raw: u32): u32 {
  return bswap(raw) >> 8;
}
