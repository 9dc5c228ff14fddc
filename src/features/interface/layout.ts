/** Most interfaces; an interface's id is its index, and zero is none. */
export const MAX_INTERFACES = 65536;
/** Interface table: MAX_INTERFACES × 128 bytes (datapath/interface.ts). */
export const INTERFACES_BYTES = 8388608;
/** Per worker: MAX_INTERFACES × 64 bytes of counters (datapath/interface.ts). */
export const INTERFACE_STATS_WORKER_BYTES = 4194304;
