/** Node that takes each ethertype's packets: 65536 × u16, zero for none. */
export const ETHER_TYPES_BYTES = 131072;
/** Node that takes frames to groups whose ethertype nobody takes: u16, zero for none. */
export const ETHER_OTHERS_BYTES = 64;
