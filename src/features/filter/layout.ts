/** Most lists; a list's number is its index, and zero is none. */
export const MAX_FILTERS = 1024;
/** Where each list's rules lie in the arena: MAX_FILTERS × u32, zero for none. */
export const FILTERS_BYTES = 4096;
/** The lists of each interface, by its id: 65536 × { in u16, out u16 }. */
export const FILTER_BINDINGS_BYTES = 262144;
/** Most rules of all lists together, each list's end counted as one more; place zero counts nothing. */
export const MAX_FILTER_PLACES = 32768;
/** Per worker: MAX_FILTER_PLACES × { packets u64, bytes u64 }. */
export const FILTER_COUNTS_WORKER_BYTES = 524288;
/** Per worker: what rules look at of the packet in hand (datapath/key.ts). */
export const FILTER_KEY_WORKER_BYTES = 64;

/** In a key in place of a port or an ICMP type: the packet has none, or not here. */
export const NO_PORT = 65536;

/** Bits of a key's flags beside TCP's eight: a fragment that is not the first; TCP of a connection that exists. */
export const KEY_FRAGMENT = 256;
export const KEY_ESTABLISHED = 512;

/** Trees of each family in a list, which are searched two at a time. */
export const FILTER_TREES = 4;
/** A list's header: FILTER_TREES × { root u32, lowest rank u32 } for each family, then what meets no rule. */
export const FILTER_HEADER_BYTES = 128;
/** Where the header has the action and the place of what meets no rule, and the bytes of the whole. */
export const FILTER_DEFAULT = 64;
export const FILTER_BYTES_AT = 72;
/** A node of a tree: eight bounds, eight ways on. */
export const FILTER_NODE_BYTES = 64;
/** Bit of a way on: it leads to a node. */
export const FILTER_NODE = 1;
/** Bits of a way to a node: where the word that the node cuts lies in a key. */
export const FILTER_NODE_WORD = 60;
/** A rule as packets are compared with it. */
export const FILTER_RULE_BYTES = 128;

/** What a rule does. */
export const FILTER_DENY = 0;
export const FILTER_PERMIT = 1;

/** Places of the steps of interfaces that rules are: behind rate limits on the way in, before them on the way out. */
export const FILTER_INPUT_PLACE = 2;
export const FILTER_OUTPUT_PLACE = 1;
