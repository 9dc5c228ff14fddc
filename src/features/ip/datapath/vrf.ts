/** A packet is looked up in so many further VRFs: routes that lead it round end there. */
export const MOST_VRFS: i32 = 4;
