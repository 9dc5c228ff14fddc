/** Most further MAC addresses of all interfaces together. */
export const MAX_FURTHER_MACS = 4096;
/** Lines of eight addresses each, a power of two (datapath/further-macs.ts). */
export const MAC_LINES = 1024;
/** The further MAC addresses of interfaces: MAC_LINES × 64 bytes. */
export const FURTHER_MACS_BYTES = 65536;
