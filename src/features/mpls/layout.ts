/** Most labels: 20 bits (RFC 3032 2.1). */
export const MAX_LABELS = 1048576;
/** Label table: MAX_LABELS × u32, what becomes of packets with the label (datapath/label-table.ts). */
export const LABEL_TABLE_BYTES = 4194304;

/** Most stacks of labels that can be pushed; a stack's index is its place, and zero is none. */
export const MAX_LABEL_STACKS = 262144;
/** Stacks of labels: MAX_LABEL_STACKS × 64 bytes (datapath/label-stack.ts). */
export const LABEL_STACKS_BYTES = 16777216;
/** Most labels that are pushed at once. */
export const MOST_PUSHED = 8;

/** Whether an interface takes packets with labels: u8 by interface id. */
export const MPLS_INTERFACES_BYTES = 65536;

// What becomes of packets with a label: the highest 4 bits of its entry, zero for nothing.
/** Its payload is routed in a VRF: bits 0 to 7 the VRF, 8 to 23 the VRF's interface. */
export const LABEL_TO_VRF = 1;
/** What is behind it goes to a next hop: bits 0 to 27 its index. */
export const LABEL_TO_NEXT_HOP = 2;
/** Other labels take its place: bits 0 to 27 the stack of labels, which names the next hop. */
export const LABEL_TO_STACK = 3;
/** Its payload is a frame that an interface receives: bits 0 to 15 the interface, bit 16 whether a control word is in front. */
export const LABEL_TO_INTERFACE = 4;
/** Explicit null (RFC 3032 2.1): its payload, IPv4 or IPv6, is routed where the packet came in. */
export const LABEL_EXPLICIT_NULL4 = 5;
export const LABEL_EXPLICIT_NULL6 = 6;
/** A frame behind the label has a control word in front. */
export const LABEL_CONTROL_WORD = 65536;

/** Most labels whose packets are counted; place zero takes what comes with the others. */
export const MAX_COUNTED_LABELS = 65536;
/** Where each label is counted: MAX_LABELS × u16 (datapath/label-stats.ts). */
export const LABEL_PLACES_BYTES = 2097152;
/** What came with the label of each place: MAX_COUNTED_LABELS × { packets u64, bytes u64 }, per worker. */
export const LABEL_STATS_WORKER_BYTES = 1048576;

/** In place of a traffic class or a time to live that a stack gives all packets: it is the packet's own. */
export const STACK_COPIES = 0x8000;

/** Node that takes packets with labels out of tunnels: u16, zero for none. */
export const LABELS_INPUT_BYTES = 64;

/** Next hop that pushes the labels of what a pseudowire sends, by interface: MAX_INTERFACES × u32, zero for none. */
export const PSEUDOWIRES_BYTES = 262144;
/** Beside that next hop: a control word goes in front of the frame. */
export const PSEUDOWIRE_CONTROL_WORD = 0x40000000;
