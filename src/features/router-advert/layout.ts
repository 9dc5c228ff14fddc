/** The interfaces that announce the router: 65536 bits, by the interface's id. */
export const ROUTER_ADVERTS_BYTES = 8192;
/** Solicitations that may wait for the control thread; the rest of the ring is for others. */
export const SOLICITATION_QUEUE = 64;
