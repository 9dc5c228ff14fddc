import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressToBytes, parseAddress } from '../src/net/address.ts';
import { ipv6Packet } from '../src/net/frame/build.ts';
import { type Sid, turned } from './check/segments.ts';
import { routingHeader } from './generate/tunnel-headers.ts';
import { blankInput, type Input } from './input.ts';

const source = '2001:db8::1';
const [first, second, last] = ['fc00::1', 'fc00::2', '2001:db8::9'];
const sid = (address: string, bits: number, fields: Partial<Sid> = {}): Sid => ({
  address: BigInt(`0x${Buffer.from(addressToBytes(parseAddress(address))).toString('hex')}`),
  bits,
  goesOn: true,
  takes: [],
  ...fields,
});

test('a packet goes from segment to segment as long as these are ours, and loses its hop limit on the way', () => {
  const segments = [first, second, last];
  const sids = [sid(first, 128), sid(second, 128)];
  const forms = turned(inputOf(packetTo(first, { segments, left: 2 })), 0, sids).map(packetOf);
  assert.deepEqual(forms, [
    packetTo(second, { segments, left: 1 }),
    packetTo(last, { segments, left: 0, hopLimit: 63 }),
  ]);
});

test('the routing header goes where a SID takes it off for the last segment', () => {
  const [form] = turned(inputOf(packetTo(first, { segments: [first, last], left: 1 })), 0, [
    sid(first, 128, { pops: true }),
  ]);
  assert.deepEqual(
    form && packetOf(form),
    ipv6Packet({ source, destination: last, nextHeader: 59 }, payload),
  );
});

test('compressed SIDs move up behind their block', () => {
  const [form] = turned(
    inputOf(ipv6Packet({ source, destination: 'fcbb:bb00:1:2:3::', nextHeader: 59 }, payload)),
    0,
    [sid('fcbb:bb00:1::', 48, { compressed: { block: 32, csid: 16 } })],
  );
  assert.deepEqual(
    form && packetOf(form),
    ipv6Packet({ source, destination: 'fcbb:bb00:2:3::', nextHeader: 59 }, payload),
  );
});

test('nothing goes on that has no hop limit or no segments left, or whose numbers do not fit', () => {
  const segments = [first, last];
  for (const fields of [
    { left: 1, hopLimit: 1 },
    { left: 0 },
    { left: 3 },
    { left: 1, last: 2 },
    { left: 1, type: 0 },
  ])
    assert.deepEqual(turned(inputOf(packetTo(first, { segments, ...fields })), 0, [sid(first, 128)]), []);
});

const payload = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function packetTo(
  destination: string,
  fields: {
    readonly segments: readonly string[];
    readonly left: number;
    readonly last?: number;
    readonly type?: number;
    readonly hopLimit?: number;
  },
): Uint8Array {
  const { hopLimit = 64, ...others } = fields;
  const header = routingHeader({ nextHeader: 59, ...others }, payload);
  return ipv6Packet({ source, destination, nextHeader: 43, hopLimit }, header);
}

function inputOf(packet: Uint8Array): Input {
  const input = blankInput();
  input.bytes.set(packet);
  return { ...input, length: packet.length };
}

function packetOf({ bytes, length }: Input): Uint8Array {
  return bytes.slice(0, length);
}
