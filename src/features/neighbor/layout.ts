/** Most next hops; a next hop's index is what routes hold, and zero means that there is no route. */
export const MAX_NEXT_HOPS = 1048576;
/** Next-hop table: MAX_NEXT_HOPS × 32 bytes (datapath/next-hop.ts), and as much beside it (datapath/next-hop-details.ts). */
export const NEXT_HOPS_BYTES = 33554432;
export const NEXT_HOP_DETAILS_BYTES = 33554432;

// Flags of a next hop.
/** Its MAC address is known. */
export const NEXT_HOP_RESOLVED = 1;
/** It stands for a whole connected subnet: the packet's own destination is to be resolved. */
export const NEXT_HOP_CONNECTED = 2;
/** It is one of our own addresses. */
export const NEXT_HOP_LOCAL = 4;
/** It has been asked for in vain: packets to it cannot be delivered. */
export const NEXT_HOP_FAILED = 8;

/** Places in the hash set of addresses that ARP and ND answer for: a power of two. */
export const ANSWER_SLOTS = 65536;
/** ANSWERS: ANSWER_SLOTS × 32 bytes (datapath/answer.ts). */
export const ANSWERS_BYTES = 2097152;

// What a stage says of a neighbour it has heard (datapath/heard.ts): bits of the message's flags.
/** It asked for an address of ours. */
export const HEARD_REQUEST = 1;
/** It answered us. */
export const HEARD_ANSWER = 2;
/** It spoke of itself, unasked, to everyone. */
export const HEARD_UNASKED = 4;
/** It spoke to somebody else (the interface snoops). */
export const HEARD_SNOOPED = 8;
/** It claims an address of ours. */
export const HEARD_CONFLICT = 16;
/** ND: the answer was asked for, and so proves that the neighbour hears us too (S). */
export const HEARD_SOLICITED = 32;
/** ND: the MAC address in it replaces another one (O). */
export const HEARD_OVERRIDE = 64;
/** It speaks as if an address that we ask whether it is free were its. */
export const HEARD_CLAIM = 128;
