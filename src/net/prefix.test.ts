import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addressFromBytes, formatAddress, parseAddress } from './address.ts';
import {
  contains,
  formatPrefix,
  hasHostBits,
  lastAddress,
  networkOf,
  parsePrefix,
  samePrefix,
} from './prefix.ts';

describe('prefix', () => {
  it('keeps host bits and clears them on request', () => {
    assert.equal(formatPrefix(parsePrefix('10.1.2.3/20')), '10.1.2.3/20');
    assert.equal(formatPrefix(networkOf(parsePrefix('10.1.18.3/20'))), '10.1.16.0/20');
    assert.equal(formatPrefix(networkOf(parsePrefix('2001:db8::1/64'))), '2001:db8::/64');
    assert.ok(hasHostBits(parsePrefix('10.0.0.1/24')) && !hasHostBits(parsePrefix('0.0.0.0/0')));
  });

  it('refuses a wrong length and says why', () => {
    for (const text of ['10.0.0.1/33', '::/129', '10.0.0.1/', '10.0.0.1/-1', '10.0.0.1/08', '10.0.0.1/2x']) {
      assert.throws(() => parsePrefix(text), /is not a number from 0 to (32|128)/, text);
    }
    assert.throws(() => parsePrefix('10.0.0.1'), /it has no "\/"/);
    assert.throws(() => parsePrefix('10.0.1/24'), /expected an IPv4 address/);
  });

  it('contains its first and last address, and no address of the other family', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(128), (bytes, length) => {
        const prefix = { address: addressFromBytes(bytes), length };
        assert.ok(contains(prefix, networkOf(prefix).address) && contains(prefix, lastAddress(prefix)));
        assert.ok(!contains(prefix, parseAddress('10.0.0.1')));
        assert.ok(samePrefix(parsePrefix(formatPrefix(prefix)), prefix));
      }),
    );
    assert.equal(formatAddress(lastAddress(parsePrefix('192.0.2.5/29'))), '192.0.2.7');
    assert.ok(!contains(parsePrefix('192.0.2.0/29'), parseAddress('192.0.2.8')));
  });
});
