/** Events that may wait for the control thread before it gets no more packets for the host; the rest of the ring is for others. */
export const HOST_QUEUE = 512;
/** What the event of host-deliver says of its packet: it goes to the VRF's TUN, or as a frame to the interface's TAP. */
export const DELIVER_TO_TUN = 0;
export const DELIVER_TO_TAP = 1;
