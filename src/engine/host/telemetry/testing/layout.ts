/** What is watched of each sample interface: u32 each, bits of SAMPLE_…. */
export const SAMPLE_WATCHED_BYTES = 1024;
/** The stage that takes each ethertype's packets: 65536 × u16. */
export const SAMPLE_TYPES_BYTES = 131072;

export const SAMPLE_TRACED = 1;
export const SAMPLE_CAPTURED = 2;
