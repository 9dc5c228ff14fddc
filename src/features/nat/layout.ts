/** Most sessions; each has a record and two places in the hash table. */
export const MAX_SESSIONS = 1048576;
/** NAT_SESSIONS: MAX_SESSIONS × 64 bytes (datapath/session.ts). */
export const NAT_SESSIONS_BYTES = 67108864;
/** Buckets of the hash table of sessions, a power of two: eight places for every two keys. */
export const SESSION_BUCKETS = 524288;
/** NAT_PLACES: SESSION_BUCKETS × 64 bytes (datapath/session-places.ts). */
export const NAT_PLACES_BYTES = 33554432;
/** NAT_STATE: what all sessions have in common (datapath/nat-state.ts). */
export const NAT_STATE_BYTES = 4096;
/** NAT_INTERFACES: what is translated on each interface: 65536 × 16 bytes (datapath/nat-interface.ts). */
export const NAT_INTERFACES_BYTES = 1048576;
/** Places in the table of addresses that stand for others, a power of two, so many that nearly all lie at their first one; and most rules, two places each. */
export const STATIC_SLOTS = 65536;
export const MAX_STATIC_RULES = 4096;
/** NAT_STATIC: STATIC_SLOTS × 16 bytes (datapath/static-addresses.ts). */
export const NAT_STATIC_BYTES = 1048576;
/** Most rules of one interface that translate sources. */
export const MAX_SOURCE_RULES = 1024;
/** Places for datagrams of which fragments are on their way, a power of two. */
export const FRAGMENT_SLOTS = 8192;
/** NAT_FRAGMENTS: FRAGMENT_SLOTS × u64 (datapath/nat-fragments.ts). */
export const NAT_FRAGMENTS_BYTES = 65536;
/** NAT_PAGE: sessions as `conntrack show` reads them: PAGE_SESSIONS × PAGE_SESSION_BYTES (datapath/session-page.ts). */
export const NAT_PAGE_BYTES = 65536;
export const PAGE_SESSIONS = 2048;
export const PAGE_SESSION_BYTES = 32;
/** NAT_FLOW: what the packet in a worker's hands belongs to (datapath/flow.ts). */
export const NAT_FLOW_WORKER_BYTES = 64;

// Places of the stages among the steps of an interface (interface/README.md).
export const NAT_INPUT_PLACE = 3;
export const NAT_OUTPUT_PLACE = 0;

// What is translated on an interface.
/** Some of its addresses stand for others, whoever speaks to them: dnat44. */
export const NAT_STATIC_RULES = 1;
/** Sources are translated, and what comes back: snat44. */
export const NAT_SOURCE_RULES = 2;

// States of sessions, and their places in the list of timeouts.
export const STATE_CLOSED = 0;
export const STATE_NEW = 1;
export const STATE_ESTABLISHED_UDP = 2;
export const STATE_ESTABLISHED_TCP = 3;
export const STATE_HALF_CLOSE = 4;
export const STATE_TIME_WAIT = 5;
export const STATE_COUNT = 6;
