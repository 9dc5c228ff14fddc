/** Builds an Ethernet frame with a UDP packet from 192.0.2.1 to 198.51.100.1; checksums are left zero. */
export function sampleFrame(
  options: { readonly ttl?: number; readonly etherType?: number; readonly length?: number } = {},
): Uint8Array {
  const length = options.length ?? 60;
  const frame = new Uint8Array(length);
  const view = new DataView(frame.buffer);
  frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9]);
  view.setUint16(12, options.etherType ?? 0x0800);
  frame.set([0x45, 0, 0, 0, 0, 0, 0, 0, options.ttl ?? 64, 17, 0, 0, 192, 0, 2, 1, 198, 51, 100, 1], 14);
  view.setUint16(16, length - 14);
  frame.set([0x30, 0x39, 0xd4, 0x31, 0, 0, 0, 0], 34);
  view.setUint16(38, length - 34);
  return frame;
}
