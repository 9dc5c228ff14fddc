// Tunnels have no MAC addresses: the frames of an interface of this type bear its own at both ends.

/** Writes an Ethernet header from an interface to itself. */
export function putFrame(frame: usize, mac: u64, typeRaw: u16): void {
  store<u64>(frame, mac);
  store<u64>(frame, mac | ((<u64>typeRaw) << 48), 6);
}
