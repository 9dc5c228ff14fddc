/** Blocks of 65,536 addresses that have a place for each (docs/decisions/0045-the-first-blocks-have-homes.md). */
export const FDB_HOMES = 4;
/** Places in the hash table of stations behind them: a power of two. */
export const FDB_SLOTS = 524288;
/** Most stations of all bridges together: at a load of a quarter nearly all searches end in the cache line they begin in. */
export const MAX_FDB_ENTRIES = 131072;
/** Longest search of a place there, in lines of four: a table that would need a longer one counts as full there. */
export const LONGEST_FDB_SEARCH = 32;
/** FDB: 16 bytes (datapath/fdb.ts) for each place, and for as many behind the last one as a search may need. */
export const FDB_BYTES = 12584960;
/** The second in which the station at each of these places was last found to have been heard: 4 bytes each. */
export const FDB_SEEN_BYTES = 3146240;
/** Bit of CONTROL_LOOK_AHEAD: there are so many stations that their table has outgrown a core's own cache. */
export const LOOK_AHEAD_FDB = 2;
/** Stations above which workers look ahead (docs/decisions/0017-looking-ahead-by-kind-of-table.md). */
export const LOOK_AHEAD_STATIONS = 16384;
/** What is noted of blocks of stations, by eight bits of their hash. */
export const FDB_BLOCKS = 256;
/** What all searches share: 64 bytes, and 16 for each of FDB_BLOCKS (datapath/fdb.ts). */
export const FDB_STATE_BYTES = 4160;
/** Per worker: what it has told of strangers of late (datapath/fdb-news.ts). */
export const FDB_NEWS_WORKER_BYTES = 65536;

// Flags of a station's entry: none where it was learnt.
/** A user has said it, and only a user changes it. */
export const FDB_STATIC = 1;
/** Another program has said it: it does not age, but gives way to the station's own frames. */
export const FDB_EXTERN = 2;
/** It was heard since the control thread has looked: the one thing that workers write. */
export const FDB_HEARD = 8;

/** Most members of one bridge. */
export const MAX_BRIDGE_MEMBERS = 1024;
/** Bridges by interface id: 65536 × 16 bytes (datapath/bridge.ts). */
export const BRIDGES_BYTES = 1048576;

// Flags of a bridge.
/** It is administratively up. */
export const BRIDGE_UP = 1;
/** It learns where stations are from their frames. */
export const BRIDGE_LEARN = 2;
/** Frames to unknown stations go to all members. */
export const BRIDGE_FLOOD = 4;
/** It answers ARP and ND for neighbours that it knows. */
export const BRIDGE_SUPPRESS = 8;

/** Places in the hash table of neighbours that bridges answer for: a power of two. */
export const BRIDGE_NEIGHBOR_SLOTS = 65536;
/** Most of these neighbours. */
export const MAX_BRIDGE_NEIGHBORS = 32768;
/** BRIDGE_NEIGHBORS: BRIDGE_NEIGHBOR_SLOTS × 32 bytes (datapath/bridge-neighbor.ts). */
export const BRIDGE_NEIGHBORS_BYTES = 2097152;
