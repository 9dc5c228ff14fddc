// What translation says of a packet.

/** It goes on: translated, or as it was where nothing asks for more. */
export const NAT_DONE: u32 = 0;
/** It ends within its transport header, or that is not in one piece. */
export const NAT_CUT: u32 = 1;
/** There are as many sessions as there may be. */
export const NAT_FULL: u32 = 2;
/** All ports towards its other end are taken, as far as was looked. */
export const NAT_NO_PORT: u32 = 3;
/** Another worker makes the same session at this moment. */
export const NAT_BUSY: u32 = 4;
/** It answers something, or ends it, or is an error, and belongs to no session. */
export const NAT_NO_SESSION: u32 = 5;
/** It is a message of ICMP that says nothing to who is behind another address. */
export const NAT_UNSUPPORTED: u32 = 6;
/** Nobody is known by its destination. */
export const NAT_NOBODY: u32 = 7;
/** It turns back, and its sender is known outside by no other address. */
export const NAT_NO_OUTSIDE: u32 = 8;
