/**
 * A label as it lies on the wire (RFC 3032 2.1, RFC 5462): what is in front of a packet, perhaps several times.
 *
 *   0 ┌ label (20 bits) │ traffic class (3) │ bottom of stack (1) │ time to live (8) ┐ 4
 */
export const LABEL_BYTES: u32 = 4;
/** The label of an entry in host order is what is above these bits. */
export const LABEL_SHIFT: u32 = 12;
export const TRAFFIC_CLASS_SHIFT: u32 = 9;
export const TRAFFIC_CLASS_MASK: u32 = 7;
/** Tells the last label of a stack. */
export const BOTTOM: u32 = 0x100;
export const TTL_MASK: u32 = 0xff;

/** Labels below this one have meanings of their own (RFC 3032 2.1, RFC 7274). */
export const FIRST_PLAIN_LABEL: u32 = 16;
export const ROUTER_ALERT_LABEL: u32 = 1;

/** The entry at an address, in host order. @inline */
export function entryAt(at: usize): u32 {
  return bswap(load<u32>(at));
}

/** Writes an entry that is in host order. @inline */
export function putEntry(at: usize, entry: u32): void {
  store<u32>(at, bswap(entry));
}
