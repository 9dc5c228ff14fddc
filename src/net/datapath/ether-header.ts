/**
 * Ethernet header (IEEE 802.3).
 *
 *   0 ┌ destination (6) ┬ source (6) ┬ type (2) ┐ 14
 */
@unmanaged
export class EtherHeader {
  /** First four and last two bytes of the destination. */
  destination: u32;
  destinationEnd: u16;
  sourceStart: u16;
  sourceEnd: u32;
  /** Ethertype as it lies on the wire. */
  typeRaw: u16;
}

export const ETHER_HEADER_BYTES: u32 = 14;
/** Ethertypes as they lie in memory: big-endian on the wire, read little-endian. */
export const TYPE_IP4_RAW: u16 = 0x0008;
export const TYPE_IP6_RAW: u16 = 0xdd86;
export const TYPE_ARP_RAW: u16 = 0x0608;
/**
 * VLAN tags (IEEE 802.1Q clause 9.6), between a frame's addresses and its type: of customers and of service providers.
 *
 *   12 ┌ type 0x8100, 0x88a8 (2) ┬ priority (3 bits) drop eligible (1) VLAN id (12) ┐ 16
 */
export const TYPE_VLAN_RAW: u16 = 0x0081;
export const TYPE_QINQ_RAW: u16 = 0xa888;
export const VLAN_TAG_BYTES: u32 = 4;
/** VLAN tags that are looked behind. */
const MOST_TAGS: u32 = 4;
/** Labels (RFC 5332 3): for one receiver, and of which the context says whose they are. */
export const TYPE_MPLS_RAW: u16 = 0x4788;
export const TYPE_MPLS_MULTICAST_RAW: u16 = 0x4888;
/** The group bit of a destination's first byte. */
export const GROUP_BIT: u64 = 1;

/** Tells the ethertypes of VLAN tags. @inline */
export function isTagType(type: u16): bool {
  return type == TYPE_VLAN_RAW || type == TYPE_QINQ_RAW;
}

/** The VLAN's id in a tag's last two bytes as they lie on the wire; zero where the tag says a priority alone. @inline */
export function vlanIdOf(tagRaw: u16): u32 {
  return bswap<u16>(tagRaw) & 0xfff;
}

/** Where what a frame carries begins, behind a tag that says a priority and no VLAN (IEEE 802.1Q clause 6.9.1). */
export function behindPriority(frame: usize, bytes: u32): u32 {
  if (bytes < ETHER_HEADER_BYTES + VLAN_TAG_BYTES || !isTagType(load<u16>(frame, 12)))
    return ETHER_HEADER_BYTES;
  return vlanIdOf(load<u16>(frame, 14)) ? ETHER_HEADER_BYTES : ETHER_HEADER_BYTES + VLAN_TAG_BYTES;
}

/**
 * Where what a frame carries begins, behind its VLAN tags, with its ethertype right in front; zero where the frame's
 * first `bytes` end before, or it has more tags than are looked behind.
 */
export function behindTags(frame: usize, bytes: u32): u32 {
  let at = ETHER_HEADER_BYTES;
  for (let tags: u32 = 0; tags <= MOST_TAGS && at <= bytes; tags++) {
    if (!isTagType(load<u16>(frame + at - 2))) return at;
    at += VLAN_TAG_BYTES;
  }
  return 0;
}
