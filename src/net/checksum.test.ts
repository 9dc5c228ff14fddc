import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAddress } from './address.ts';
import { checksum, pseudoHeaderSum, updateChecksum } from './checksum.ts';

describe('checksum', () => {
  it('gives the sum of the example in RFC 1071', () => {
    assert.equal(checksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7)), ~0xddf2 & 0xffff);
  });

  it('is zero over bytes that carry their own checksum', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const even = bytes.subarray(0, bytes.length & ~1);
        const sum = checksum(even);
        assert.equal(checksum(Uint8Array.of(...even, sum >>> 8, sum & 255)), 0);
      }),
    );
  });

  it('follows a changed word without a new sum', () => {
    const word = fc.nat(0xffff);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), word, (words, after) => {
        fc.pre(words.some((value, index) => index > 0 && value > 0));
        const updated = updateChecksum({ checksum: checksum(bytesOf(words)), before: words[0] ?? 0, after });
        assert.equal(updated, checksum(bytesOf([after, ...words.slice(1)])));
      }),
    );
  });

  it('covers the pseudo header of UDP over IPv4', () => {
    const datagram = Uint8Array.of(0x04, 0xd2, 0x16, 0x2e, 0x00, 0x0a, 0x00, 0x00, 0x68, 0x69);
    const sum = pseudoHeaderSum({
      source: parseAddress('10.0.0.1'),
      destination: parseAddress('10.0.0.2'),
      protocol: 17,
      length: datagram.length,
    });
    assert.equal(checksum(datagram, sum), 0x686e);
  });
});

function bytesOf(words: readonly number[]): Uint8Array {
  return Uint8Array.from(words.flatMap((word) => [word >>> 8, word & 255]));
}
