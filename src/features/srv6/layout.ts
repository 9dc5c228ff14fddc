/** Most segments of a list. */
export const MAX_SEGMENTS = 16;
/** Records of next hops that put segments round packets; record zero is none. Each next hop has two. */
export const MAX_SRV6_ENCAPS = 16384;
/** SRV6_ENCAPS: MAX_SRV6_ENCAPS × 320 bytes (datapath/srv6-encap.ts). */
export const SRV6_ENCAPS_BYTES = 5242880;
/** Most SIDs of ours; record zero is none. */
export const MAX_SRV6_SIDS = 16384;
/** SRV6_SIDS: MAX_SRV6_SIDS × 16 bytes (datapath/srv6-sid.ts). */
export const SRV6_SIDS_BYTES = 262144;

// What a SID does (RFC 8986 4).
export const SID_END = 1;
export const SID_END_X = 2;
export const SID_END_T = 3;
export const SID_END_DT4 = 4;
export const SID_END_DT6 = 5;
export const SID_END_DT46 = 6;

// Its flavors.
/** The last segment but one takes the header off (RFC 8986 4.16.1). */
export const FLAVOR_PSP = 1;
/** It takes an outer header off that ends here (RFC 8986 4.16.3). */
export const FLAVOR_USD = 2;
/** The rest of its address holds further, compressed SIDs (RFC 9800 4.1). */
export const FLAVOR_NEXT_CSID = 4;
