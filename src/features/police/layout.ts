/** Most rate limits; a limit's number is its index, and zero is none. */
export const MAX_POLICERS = 4096;
/** The limits: MAX_POLICERS × 128 bytes (datapath/policer.ts). */
export const POLICERS_BYTES = 524288;
/** The limits of each interface, by its id: 65536 × { in u16, out u16 }. */
export const POLICE_BINDINGS_BYTES = 262144;
/** Per worker: MAX_POLICERS × { packets u64, bytes u64 } for green, yellow and red, 64 bytes each. */
export const POLICE_COUNTS_WORKER_BYTES = 262144;

/** What becomes of packets of a colour: values below 64 are a DSCP that they get. */
export const POLICE_PASS = 64;
export const POLICE_DROP = 65;

/** Places of the steps of interfaces: before filters on the way in, behind them on the way out. */
export const POLICE_INPUT_PLACE = 1;
export const POLICE_OUTPUT_PLACE = 2;
