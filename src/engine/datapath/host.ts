// What the host gives the datapath: one call a burst, never one a packet. Arrays are offsets of u32 packet offsets.

/** Receives up to `most` packets of a port's queue into the array; returns how many. */
export declare function rx(port: u32, queue: u32, array: usize, most: u32): u32;
/** Sends packets by a port's queue; returns how many were taken, the rest stay ours. */
export declare function tx(port: u32, queue: u32, array: usize, count: u32): u32;
/** Gives packets (whole chains) back to their pool. */
export declare function free(array: usize, count: u32): void;
/** Takes fresh packets from the pool; returns how many: all or none. */
export declare function alloc(array: usize, count: u32): u32;
/** Clock ticks now. */
export declare function cycles(): f64;
/** Sleeps for about so many nanoseconds. */
export declare function pause(nanoseconds: u32): void;
/**
 * Sleeps until a packet comes to one of these queues ({ port u16, queue u16 } each), the control thread wakes us, or time
 * is up: `blindNs` where one of the queues cannot end a sleep, else `longestNs`. Returns 1 when a packet has come, else 0.
 * A `longestNs` of zero says that we are at work and will not sleep soon.
 */
export declare function wait(queues: usize, count: u32, blindNs: u32, longestNs: u32): u32;
