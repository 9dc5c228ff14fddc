/** Bonds at most, and one place that stands for none. */
export const BOND_PLACES = 64;
/** Slots that a bond's flows fall to: a power of two. */
export const BOND_SLOTS = 256;
/** Members of one bond at most. */
export const MAX_BOND_MEMBERS = 16;
/** BOND_PLACES × 1024 bytes (datapath/bond.ts). */
export const BONDS_BYTES = 65536;
/** The place of each bond: u8 by interface id, zero for none. */
export const BOND_OF_BYTES = 65536;
/** What each member does: u8 of MEMBER_… flags by interface id. */
export const BOND_MEMBERS_BYTES = 65536;

/** What this member receives, the bond has received. */
export const MEMBER_TAKES = 1;
/** Frames of the slow protocols are for the router. */
export const MEMBER_LACP = 2;

// What a bond's frames are spread by.
/** What the port has hashed of a received packet. */
export const BALANCE_RSS = 0;
/** MAC addresses. */
export const BALANCE_L2 = 1;
/** IP addresses and ports. */
export const BALANCE_L3_L4 = 2;
