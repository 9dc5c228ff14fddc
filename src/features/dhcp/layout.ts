/** The interfaces with a DHCP client: 65536 bits, by the interface's id. */
export const DHCP_CLIENTS_BYTES = 8192;
/** Answers of servers that may wait for the control thread; the rest of the ring is for others. */
export const DHCP_QUEUE = 64;
