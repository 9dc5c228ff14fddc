/** Node that takes the datagrams to each UDP port of ours: 65536 × u16 by the port as it lies on the wire, zero for the host. */
export const UDP_PORTS_BYTES = 131072;
