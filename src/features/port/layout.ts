/** Interface id of each DPDK port: u16 each. */
export const PORT_INTERFACES_BYTES = 64;
