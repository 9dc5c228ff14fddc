import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAddress, parseAddress } from '../../net/address.ts';
import { parseIpv4 } from '../../net/ipv4.ts';
import { parseMac } from '../../net/mac.ts';
import { formatPrefix } from '../../net/prefix.ts';
import { leaseIn } from './lease.ts';
import { clientMessage, OPTION, readServerMessage } from './message.ts';
import { leaseOptions, type Said, serverMessage, word } from './testing/server.ts';

const mac = '02:00:00:00:00:01';
const said = (fields: Partial<Said> = {}) =>
  serverMessage({ kind: 'ack', xid: 7, mac, yours: '10.0.0.5', options: leaseOptions(100), ...fields });

describe('what a client says', () => {
  it('is what RFC 2131 draws, and asks for the options that it understands', () => {
    const bytes = clientMessage({ kind: 'discover', xid: 0x01020304, seconds: 5, mac: parseMac(mac) });
    const view = new DataView(bytes.buffer);
    assert.deepEqual([...bytes.subarray(0, 4)], [1, 1, 6, 0]);
    assert.deepEqual([view.getUint32(4), view.getUint16(8), view.getUint16(10)], [0x01020304, 5, 0x8000]);
    assert.deepEqual([...bytes.subarray(28, 34)], [2, 0, 0, 0, 0, 1]);
    assert.equal(view.getUint32(236), 0x63825363);
    assert.deepEqual([...bytes.subarray(240, 243)], [53, 1, 1]);
    assert.ok(bytes.length >= 300);
    assert.ok(bytes.includes(OPTION.classlessRoutes, 240));
  });

  it('says its own address instead of asking for a broadcast where it has one', () => {
    const own = parseIpv4('10.0.0.5');
    const bytes = clientMessage({ kind: 'request', xid: 1, seconds: 0, mac: parseMac(mac), own });
    assert.deepEqual([...bytes.subarray(10, 16)], [0, 0, 10, 0, 0, 5]);
  });
});

describe('what a server says', () => {
  it('is read, with options in parts and in the fields of names', () => {
    const bytes = said({
      options: [
        [51, Uint8Array.of(0, 0)],
        [51, Uint8Array.of(1, 0)],
        [52, Uint8Array.of(3)],
      ],
    });
    bytes.set([54, 4, 10, 0, 0, 1, 255], 108);
    bytes.set([1, 4, 255, 255, 0, 0, 255], 44);
    const message = readServerMessage(bytes);
    const lease = message && leaseIn(message, 0);
    assert.deepEqual(
      [lease && formatPrefix(lease.prefix), lease?.seconds, lease && formatAddress(lease.server)],
      ['10.0.0.5/16', 256, '10.0.0.1'],
    );
  });

  it('is nothing when it is cut anywhere, or is none', () => {
    const whole = said({});
    for (let bytes = 0; bytes < whole.length - 1; bytes++) {
      const message = readServerMessage(whole.subarray(0, bytes));
      assert.ok(message === undefined || leaseIn(message, 0) === undefined || bytes > 258, `${bytes} bytes`);
    }
    for (const [at, value] of [
      [0, 1],
      [1, 6],
      [2, 16],
      [236, 0],
      [242, 9],
    ] as const) {
      const bad = Uint8Array.from(whole);
      bad[at] = value;
      assert.equal(readServerMessage(bad), undefined, `byte ${at}`);
    }
  });

  it('gives no lease without a server, a time, or an address that a station can have', () => {
    const [mask, routers, time, server] = leaseOptions(100);
    const lease = (fields: Partial<Said>) => {
      const message = readServerMessage(said(fields));
      assert.ok(message);
      return leaseIn(message, 0);
    };
    assert.equal(lease({ options: [mask, routers, time] }), undefined);
    assert.equal(lease({ options: [mask, routers, server] }), undefined);
    for (const yours of ['0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255'])
      assert.equal(lease({ yours }), undefined);
    assert.equal(lease({ options: [time, server], yours: '172.16.0.1' })?.prefix.length, 16);
  });
});

describe('a lease', () => {
  const lease = (seconds: number, ...more: readonly (readonly [number, Uint8Array])[]) => {
    const message = readServerMessage(said({ options: leaseOptions(seconds, ...more) }));
    const found = message && leaseIn(message, 1000);
    assert.ok(found);
    return found;
  };

  it('is renewed after half of it and asked of all after seven eighths, or as the server says', () => {
    const times = ({ renewMs, rebindMs, expiresMs }: ReturnType<typeof lease>) => [
      renewMs,
      rebindMs,
      expiresMs,
    ];
    assert.deepEqual(times(lease(80)), [41_000, 71_000, 81_000]);
    assert.deepEqual(times(lease(80, [58, word(10)], [59, word(20)])), [11_000, 21_000, 81_000]);
    assert.deepEqual(times(lease(80, [58, word(90)], [59, word(80)])), [41_000, 71_000, 81_000]);
    const never = Number.POSITIVE_INFINITY;
    assert.deepEqual(times(lease(0xffffffff)), [never, never, never]);
  });

  it('brings a default route, or classless routes in its place', () => {
    const routes = (each: ReturnType<typeof lease>) =>
      each.routes.map(({ prefix, gateway }) => `${formatPrefix(prefix)} via ${formatAddress(gateway)}`);
    assert.deepEqual(routes(lease(80)), ['0.0.0.0/0 via 10.0.0.1']);
    const classless = Uint8Array.of(
      0,
      10,
      0,
      0,
      2,
      12,
      172,
      31,
      10,
      0,
      0,
      3,
      32,
      192,
      0,
      2,
      1,
      10,
      0,
      0,
      4,
      8,
      9,
    );
    assert.deepEqual(routes(lease(80, [121, classless])), [
      '0.0.0.0/0 via 10.0.0.2',
      '172.16.0.0/12 via 10.0.0.3',
      '192.0.2.1/32 via 10.0.0.4',
    ]);
    assert.equal(parseAddress('0.0.0.0').family, 'ipv4');
  });
});
