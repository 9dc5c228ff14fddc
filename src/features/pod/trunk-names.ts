/** The router's port that all veth pairs of pods share. */
export const TRUNK_PORT = 'pods';
/** Both ends of the pair that the port lies on: the router's, and the one that pods' frames are handed to. */
export const TRUNK_DEVICE = 'mr-trunk';
export const TRUNK_KERNEL_END = 'mr-pods';
/** The interface index of the trunk's end in the kernel; that of a pod's host end is this plus its number (native/steer.c). */
export const HOST_END_INDEX_BASE = 1 << 24;

/** The host's end of a pod's veth pair. */
export function hostEnd({ number }: { readonly number: number }): string {
  return `mr-pod${number}`;
}

/** Tells whether a device is the host's end of a pod's. */
export function isHostEnd(device: string): boolean {
  return /^mr-pod\d+$/.test(device);
}
