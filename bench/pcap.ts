const microsecondMagic = 0xa1b2c3d4;
const nanosecondMagic = 0xa1b23c4d;
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

/** Reads the frames of classic little-endian pcap files that arrive piece by piece, one file after the other. */
export class PcapReader {
  #rest: Buffer = Buffer.alloc(0);

  /** Returns the frames that are whole with this piece. */
  read(piece: Uint8Array): readonly Uint8Array[] {
    this.#rest = Buffer.concat([this.#rest, piece]);
    const frames: Uint8Array[] = [];
    let offset = 0;
    for (;;) {
      const { start, end } = this.#next(offset);
      if (end > this.#rest.length) break;
      if (start < end) frames.push(Uint8Array.from(this.#rest.subarray(start, end)));
      offset = end;
    }
    this.#rest = this.#rest.subarray(offset);
    return frames;
  }

  // Where the next frame's bytes are; none are where a file begins.
  #next(offset: number): { readonly start: number; readonly end: number } {
    const start = offset + recordHeaderBytes;
    if (this.#rest.length < start) return { start, end: Number.POSITIVE_INFINITY };
    const begins = [microsecondMagic, nanosecondMagic].includes(this.#rest.readUInt32LE(offset));
    if (begins) return { start: offset + fileHeaderBytes, end: offset + fileHeaderBytes };
    return { start, end: start + this.#rest.readUInt32LE(offset + 8) };
  }
}

function writeFileHeader(view: DataView): void {
  view.setUint32(0, microsecondMagic, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, largestPacket, true);
  view.setUint32(20, ethernet, true);
}
