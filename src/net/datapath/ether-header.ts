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
/** VLAN tags (IEEE 802.1Q): of customers and of service providers. */
export const TYPE_VLAN_RAW: u16 = 0x0081;
export const TYPE_QINQ_RAW: u16 = 0xa888;
/** Labels (RFC 5332 3): for one receiver, and of which the context says whose they are. */
export const TYPE_MPLS_RAW: u16 = 0x4788;
export const TYPE_MPLS_MULTICAST_RAW: u16 = 0x4888;
/** The group bit of a destination's first byte. */
export const GROUP_BIT: u64 = 1;
