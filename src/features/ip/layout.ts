/** Roots of the IPv4 forwarding tables: u32 each, by VRF. */
export const FIB4_ROOTS_BYTES = 1024;
/** Roots of the IPv6 forwarding tables: u32 each, by VRF. */
export const FIB6_ROOTS_BYTES = 1024;
/** Node that takes each IP protocol's packets for us: 256 × u16 for IPv4, then for IPv6; zero for none. */
export const IP_PROTOCOLS_BYTES = 1024;
/** Bits of a forwarding entry: the next hop's index, the length of its prefix, and whether it is a branch. */
export const FIB_NEXT_HOP_MASK = 0x7fffff;
export const FIB_DEPTH_SHIFT = 23;
