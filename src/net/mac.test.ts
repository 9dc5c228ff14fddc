import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatAddress } from './address.ts';
import {
  formatMac,
  isGroupMac,
  isUnicastMac,
  linkLocalOf,
  macFromBytes,
  macToBytes,
  parseMac,
} from './mac.ts';

describe('mac', () => {
  it('survives the way to text and back, and to bytes and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (bytes) => {
        const mac = macFromBytes(bytes);
        assert.deepEqual(parseMac(formatMac(mac)), mac);
        assert.deepEqual(macToBytes(mac), bytes);
      }),
    );
    assert.equal(formatMac(parseMac('0A:00:00:00:00:Ff')), '0a:00:00:00:00:ff');
  });

  it('refuses what is not a MAC address', () => {
    for (const text of ['', '02:00:00:00:00', '02-00-00-00-00-01', '2:0:0:0:0:1', '02:00:00:00:00:0g']) {
      assert.throws(() => parseMac(text), /expected a MAC address such as/, text);
    }
  });

  it('tells groups from stations', () => {
    assert.ok(isGroupMac(parseMac('ff:ff:ff:ff:ff:ff')) && isGroupMac(parseMac('33:33:00:00:00:01')));
    assert.ok(isUnicastMac(parseMac('02:00:00:00:00:01')) && !isUnicastMac(parseMac('00:00:00:00:00:00')));
  });

  it('gives the link-local address of RFC 4291', () => {
    assert.equal(formatAddress(linkLocalOf(parseMac('02:11:22:33:44:55'))), 'fe80::11:22ff:fe33:4455');
    assert.equal(formatAddress(linkLocalOf(parseMac('34:56:78:9a:bc:de'))), 'fe80::3656:78ff:fe9a:bcde');
  });
});
