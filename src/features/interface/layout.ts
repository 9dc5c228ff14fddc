/** Most interfaces; an interface's id is its index, and zero is none. */
export const MAX_INTERFACES = 65536;
/** Bytes of an interface's record, and of what a worker counts of it: a cache line has two of either. */
export const INTERFACE_RECORD_BYTES = 32;
/** Interface table: MAX_INTERFACES × INTERFACE_RECORD_BYTES (datapath/interface.ts). */
export const INTERFACES_BYTES = 2097152;
/** What few packets need of an interface: MAX_INTERFACES × 64 bytes (datapath/interface-rest.ts). */
export const INTERFACE_RESTS_BYTES = 4194304;
/** Per worker: MAX_INTERFACES × INTERFACE_RECORD_BYTES of counters (datapath/interface-stats.ts). */
export const INTERFACE_STATS_WORKER_BYTES = 2097152;
/** Per worker: MAX_INTERFACES × 8 bytes of what could not be sent (datapath/interface-errors.ts). */
export const INTERFACE_ERRORS_WORKER_BYTES = 524288;

/** Steps that can look at what an interface receives, and at what it sends (README.md). */
export const INTERFACE_PLACES = 4;

/** It is administratively up. */
export const INTERFACE_UP = 1;
export const INTERFACE_PROMISCUOUS = 2;
/** Packets of it are traced. */
export const INTERFACE_TRACED = 4;
/** Packets of it are captured. */
export const INTERFACE_CAPTURED = 8;
/** Addresses are learnt from received ARP and ND that did not ask us. */
export const INTERFACE_SNOOPING = 16;
/** The port fills in L4 checksums of packets that ask for it. */
export const INTERFACE_TX_L4_CKSUM = 64;
/** It leads to far ends that bridges tell apart: a tunnel. */
export const INTERFACE_FAR_ENDS = 128;
/** A link to one station, for which the router answers every question of ARP and ND. */
export const INTERFACE_ACCESS = 512;
/** Its link is up. */
export const INTERFACE_RUNNING = 256;
