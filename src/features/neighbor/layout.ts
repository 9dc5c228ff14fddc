/** Most next hops; a next hop's index is what routes hold, and zero means that there is no route. */
export const MAX_NEXT_HOPS = 1048576;
/** Next-hop table: MAX_NEXT_HOPS × 64 bytes (datapath/next-hop.ts). */
export const NEXT_HOPS_BYTES = 67108864;
