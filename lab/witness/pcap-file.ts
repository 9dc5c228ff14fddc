/** Makes a pcap file of Ethernet frames, as libpcap reads it (draft-ietf-opsawg-pcap). */
export function pcapFile(frames: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([words(0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1), ...frames.flatMap(packet)]);
}

function packet(frame: Uint8Array): readonly Uint8Array[] {
  return [words(0, 0, frame.length, frame.length), frame];
}

function words(...values: readonly number[]): Uint8Array {
  return Buffer.concat(
    values.map((value) => {
      const word = Buffer.alloc(4);
      word.writeUInt32LE(value);
      return word;
    }),
  );
}
