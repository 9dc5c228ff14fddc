import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  addressFromBytes,
  addressToBytes,
  compareAddresses,
  formatAddress,
  ipv4FromNumber,
  parseAddress,
  parseIpv4,
} from './address.ts';
import { isBroadcast, isLinkLocal, isLoopback, isMulticast, solicitedNode } from './address-scope.ts';
import { parseIpv6 } from './ipv6.ts';

describe('address', () => {
  it('writes IPv6 as RFC 5952 says', () => {
    const canonical: Record<string, string> = {
      '2001:DB8:0:0:0:0:2:1': '2001:db8::2:1',
      '2001:db8:0:1:1:1:1:1': '2001:db8:0:1:1:1:1:1',
      '2001:0:0:1:0:0:0:1': '2001:0:0:1::1',
      '2001:db8:0:0:1:0:0:1': '2001:db8::1:0:0:1',
      '::ffff:192.0.2.1': '::ffff:192.0.2.1',
      '::ffff:c000:201': '::ffff:192.0.2.1',
      '64:ff9b::192.0.2.33': '64:ff9b::c000:221',
      '0:0:0:0:0:0:0:0': '::',
      '::1': '::1',
      'fe80::': 'fe80::',
      '1:2:3:4:5:6:7::': '1:2:3:4:5:6:7:0',
    };
    for (const [text, expected] of Object.entries(canonical)) {
      assert.equal(formatAddress(parseAddress(text)), expected);
    }
  });

  it('refuses what is not an address and says why', () => {
    const wrong: Record<string, RegExp> = {
      '10.0.0': /3 parts, not 4/,
      '10.0.0.256': /256 is above 255/,
      '10.0.0.01': /leading zero/,
      '10.0.0.x': /not a number from 0 to 255/,
      p0: /expected an IPv4 or IPv6 address, got "p0"/,
      '': /expected an IPv4 or IPv6 address/,
      '1::2::3': /more than one "::"/,
      '1:2:3': /3 groups, not 8/,
      '1:2:3:4:5:6:7:8:9': /9 groups/,
      '1:2:3:4::5:6:7:8': /stands for no group/,
      'fe80::1%eth0': /hexadecimal digits/,
      '12345::': /hexadecimal digits/,
      ':1:2:3:4:5:6:7': /lone ":"/,
    };
    for (const [text, reason] of Object.entries(wrong)) assert.throws(() => parseAddress(text), reason, text);
  });

  it('agrees with the host about what is an address', () => {
    const piece = fc.constantFrom('0', '1', 'ff', 'abcd', '256', '.', ':', '::', '10', '1.2.3.4');
    const likely = fc.array(piece, { maxLength: 17 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.oneof(likely, fc.ipV6(), fc.ipV4()), (text) => {
        assert.equal(parses(text), isIP(text) !== 0);
      }),
    );
  });

  it('survives the way to text and back, and to bytes and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.nat(16), (bytes, zeros) => {
        bytes.fill(0, 0, zeros);
        const address = addressFromBytes(bytes);
        assert.deepEqual(parseAddress(formatAddress(address)), address);
        assert.deepEqual(addressToBytes(address), bytes);
      }),
    );
    fc.assert(
      fc.property(fc.nat(0xffffffff), (value) => {
        const address = ipv4FromNumber(value);
        assert.deepEqual(parseIpv4(formatAddress(address)), address);
        assert.deepEqual(addressFromBytes(addressToBytes(address)), address);
      }),
    );
  });

  it('orders IPv4 first and then by value', () => {
    const sorted = ['::1', '10.0.0.2', '2001:db8::', '10.0.0.1'].map(parseAddress).sort(compareAddresses);
    assert.deepEqual(sorted.map(formatAddress), ['10.0.0.1', '10.0.0.2', '::1', '2001:db8::']);
  });

  it('knows the scopes', () => {
    assert.ok(isMulticast(parseAddress('224.0.0.5')) && isMulticast(parseAddress('ff02::1')));
    assert.ok(isLinkLocal(parseAddress('169.254.1.1')) && isLinkLocal(parseAddress('febf::1')));
    assert.ok(isLoopback(parseAddress('127.0.0.2')) && isLoopback(parseAddress('::1')));
    assert.ok(isBroadcast(parseAddress('255.255.255.255')) && !isLinkLocal(parseAddress('fec0::1')));
    assert.equal(formatAddress(solicitedNode(parseIpv6('2001:db8::12:3456'))), 'ff02::1:ff12:3456');
  });

  it('refuses bytes that are no address', () => {
    assert.throws(() => addressFromBytes(new Uint8Array(5)), /4 or 16 bytes, got 5 bytes/);
  });
});

function parses(text: string): boolean {
  try {
    parseAddress(text);
    return true;
  } catch {
    return false;
  }
}
