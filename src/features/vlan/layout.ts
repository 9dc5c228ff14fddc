/** Blocks of members, one for each interface with sub-interfaces; the first stays empty, for all the others. */
export const VLAN_BLOCKS = 2048;
/** The block of each interface's members: 65536 × u16, by the interface's id. */
export const VLAN_PARENTS_BYTES = 131072;
/** VLAN_BLOCKS × 4096 × u16: the sub-interface of each VLAN id, zero for none. */
export const VLAN_MEMBERS_BYTES = 16777216;

/** VLANs are told apart before anybody else looks at what an interface has received. */
export const VLAN_INPUT_PLACE = 0;

/** The part of an interface's tag that is the VLAN's id. */
export const VLAN_ID_MASK = 4095;
/** In an interface's tag: it is sent as a service provider's (802.1ad), not as a customer's. */
export const SERVICE_TAG = 32768;
