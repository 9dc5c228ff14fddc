const microsecondMagic = 0xa1b2c3d4;
const ethernet = 1;
const fileHeaderBytes = 24;
const recordHeaderBytes = 16;
const largestPacket = 65535;

/** Returns a classic little-endian pcap file with the Ethernet frames, all at time zero. */
export function encodePcap(frames: readonly Uint8Array[]): Uint8Array {
  const length = frames.reduce((sum, frame) => sum + recordHeaderBytes + frame.length, fileHeaderBytes);
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  writeFileHeader(view);
  let offset = fileHeaderBytes;
  for (const frame of frames) {
    view.setUint32(offset + 8, frame.length, true);
    view.setUint32(offset + 12, frame.length, true);
    file.set(frame, offset + recordHeaderBytes);
    offset += recordHeaderBytes + frame.length;
  }
  return file;
}

function writeFileHeader(view: DataView): void {
  view.setUint32(0, microsecondMagic, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, largestPacket, true);
  view.setUint32(20, ethernet, true);
}
