/** Places in each of the hash tables of tunnels: a power of two, and twice as many as there may be keys. */
export const SLOTS = 65536;
/** Most keys of one table. */
export const MAX_KEYS = 32768;
/** Longest search for a key of one word, in lines of four: a table that would need a longer one counts as full there. */
export const LONGEST_PLACE_SEARCH = 16;
/** VXLANS: what each interface of this type sends and receives by, by its id: 65536 × 64 bytes (datapath/vxlan.ts). */
export const VXLANS_BYTES = 4194304;
/** VXLAN_VNIS: interface by VRF and VNI: SLOTS × 16 bytes (datapath/place.ts), and as many more as a search may need. */
export const VXLAN_VNIS_BYTES = 1049600;
/** FAR_ENDS: far ends by their address: SLOTS × 32 bytes (datapath/slot.ts). */
export const FAR_ENDS_BYTES = 2097152;
/** VXLAN_STATIONS: far end by interface and MAC address, where no bridge knows that: the same. */
export const VXLAN_STATIONS_BYTES = 1049600;

// Flags of an interface of this type.
/** Its local address is one of ours. */
export const VXLAN_READY = 1;
/** It is a bridge's member: the bridge knows behind which far end a station is. */
export const VXLAN_BRIDGED = 2;
/** Its local address is an IPv6 one. */
export const VXLAN_IP6 = 4;

/** Bit of CONTROL_LOOK_AHEAD: there are so many VNIs that their records have outgrown a core's own cache. */
export const LOOK_AHEAD_VNIS = 4;
/** As many may there be without it: a third of a KiB each. */
export const LOOK_AHEAD_VNI_COUNT = 2048;
