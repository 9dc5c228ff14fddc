/** Roots of the IPv4 forwarding tables: u32 each, by VRF. */
export const FIB4_ROOTS_BYTES = 1024;
/** Roots of the IPv6 forwarding tables: u32 each, by VRF. */
export const FIB6_ROOTS_BYTES = 1024;
/** Node that takes each IP protocol's packets for us: 256 × u16 for IPv4, then for IPv6; that of protocol 0 the rest. */
export const IP_PROTOCOLS_BYTES = 1024;
/** Node that takes each ICMPv6 type for us: 256 × u16; zero for none. */
export const ICMP6_TYPES_BYTES = 512;
/** Bits of a forwarding entry: the next hop's index, the length of its prefix, and whether it is a branch. */
export const FIB_NEXT_HOP_MASK = 0x7fffff;
export const FIB_DEPTH_SHIFT = 23;
/** ICMP errors a worker sends: { per second u32, at once u32 }. */
export const ICMP_LIMITS_BYTES = 8;
/** u64 per worker: clock ticks at which all the errors that it has sent would have been due. */
export const ICMP_DUE_WORKER_BYTES = 8;
/** Route tables: 256 VRFs × two families × RIB_SIZE bytes (datapath/rib.ts). */
export const RIBS_BYTES = 524288;
export const RIB_SIZE = 1024;
/** Where the control thread lays addresses, and batches of routes behind them. */
export const ROUTE_SCRATCH_BYTES = 4194304;
