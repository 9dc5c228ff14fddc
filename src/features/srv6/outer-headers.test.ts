import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '../../net/address.ts';
import { headerBytes, outerHeaders } from './outer-headers.ts';

const source = parseAddress('fd00::1');
const segments = ['fd00:a::1', 'fd00:b::1', 'fd00:c::1'].map(parseAddress);

test('all segments, the last one first, as RFC 8754 2 draws them', () => {
  const { bytes, protocolAt } = outerHeaders('h.encaps', source, segments.slice(0, 2));
  assert.equal(protocolAt, 40);
  assert.equal(
    Buffer.from(bytes).toString('hex'),
    `60000000 0000 2b 40 fd000000000000000000000000000001 fd00000a000000000000000000000001
     00 04 04 01 01 00 0000 fd00000b000000000000000000000001 fd00000a000000000000000000000001`.replaceAll(
      /\s/g,
      '',
    ),
  );
});

test('a reduced list leaves the first segment out, and the header of one alone', () => {
  const three = outerHeaders('h.encaps.red', source, segments).bytes.subarray(40);
  assert.equal(Buffer.from(three.subarray(0, 8)).toString('hex'), '0004040201000000');
  assert.deepEqual(outerHeaders('h.encaps.red', source, segments.slice(0, 1)).protocolAt, 6);
});

test('its length is known before', () => {
  for (const encapsulation of ['h.encaps', 'h.encaps.red'] as const)
    for (let count = 1; count <= 3; count++) {
      const { bytes } = outerHeaders(encapsulation, source, segments.slice(0, count));
      assert.equal(bytes.length, headerBytes(encapsulation, count));
    }
});
