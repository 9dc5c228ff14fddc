/** IPIPS: what each interface of this type sends and receives by, by its id: 65536 × 64 bytes (datapath/ipip.ts). */
export const IPIPS_BYTES = 4194304;
/** IPIP_CHAINS: the first interface of each chain of those whose ends have the same hash: IPIP_CHAIN_COUNT × u16. */
export const IPIP_CHAINS_BYTES = 131072;
export const IPIP_CHAIN_COUNT = 65536;

// Flags of an interface of this type.
/** Its local address is one of ours. */
export const IPIP_READY = 1;
/** Its ends are IPv6 addresses. */
export const IPIP_IP6 = 2;
