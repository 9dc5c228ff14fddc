import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { encodePcap, PcapReader } from './pcap.ts';

test('a pcap file has a header, and a header before each frame', () => {
  const file = encodePcap([Uint8Array.of(1, 2, 3)]);
  equal(file.length, 24 + 16 + 3);
  deepEqual([...file.subarray(0, 4)], [0xd4, 0xc3, 0xb2, 0xa1]);
  deepEqual([...file.subarray(32)], [3, 0, 0, 0, 3, 0, 0, 0, 1, 2, 3]);
});

test('frames are read however the file is cut', () => {
  const file = encodePcap([Uint8Array.of(1, 2, 3), Uint8Array.of(4)]);
  for (let size = 1; size <= file.length; size++) {
    const reader = new PcapReader();
    const read = pieces(file, size).flatMap((piece) => reader.read(piece));
    deepEqual(read, [Uint8Array.of(1, 2, 3), Uint8Array.of(4)], `in pieces of ${size}`);
  }
});

test('a file may follow another', () => {
  const file = encodePcap([Uint8Array.of(1)]);
  deepEqual(new PcapReader().read(Buffer.concat([file, file])), [Uint8Array.of(1), Uint8Array.of(1)]);
});

function pieces(bytes: Uint8Array, size: number): readonly Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
}
