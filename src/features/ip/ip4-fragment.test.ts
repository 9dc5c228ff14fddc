import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checksum } from '../../net/checksum.ts';
import { type Ipv4Fields, ipv4Packet } from '../../net/frame/build.ts';
import { decodePacket } from '../../net/frame/decode.ts';
import { packetIn, Topology } from './testing/topology.ts';

const topology = await Topology.open();
const [first, second] = topology.links;

const recordRoute = Uint8Array.of(7, 7, 8, 9, 9, 9, 9);
const routerAlert = Uint8Array.of(148, 4, 0, 0);
const security = Uint8Array.of(130, 3, 5);

describe('ip4-fragment', () => {
  it('cuts a packet at units of 8 bytes, field by field', () => {
    narrow(100);
    const packet = datagram({ identification: 77, tos: 0x48, ttl: 9 }, 170);
    const fields = { identification: 77, tos: 0x48, ttl: 8 };
    assert.deepEqual(fragmentsOf(packet), [
      fragment({ ...fields, moreFragments: true }, 0, 80),
      fragment({ ...fields, moreFragments: true, fragmentOffset: 80 }, 80, 160),
      fragment({ ...fields, fragmentOffset: 160 }, 160, 170),
    ]);
  });

  it('copies into later fragments the options that say so, and no others', () => {
    narrow(100);
    const options = Uint8Array.of(...recordRoute, ...security, 1, ...routerAlert);
    const [start, next, last] = fragmentsOf(datagram({ options, ttl: 9 }, 150));
    const later = Uint8Array.of(...security, ...routerAlert, 0);
    assert.deepEqual(start, fragment({ options, ttl: 8, moreFragments: true }, 0, 64));
    assert.deepEqual(
      next,
      fragment({ options: later, ttl: 8, moreFragments: true, fragmentOffset: 64 }, 64, 136),
    );
    assert.deepEqual(last, fragment({ options: later, ttl: 8, fragmentOffset: 136 }, 136, 150));
  });

  it('cuts a fragment further', () => {
    narrow(100);
    const packet = datagram({ moreFragments: true, fragmentOffset: 800, ttl: 9 }, 96);
    assert.deepEqual(fragmentsOf(packet), [
      fragment({ moreFragments: true, fragmentOffset: 800, ttl: 8 }, 0, 80),
      fragment({ moreFragments: true, fragmentOffset: 880, ttl: 8 }, 80, 96),
    ]);
  });

  it('does not cut what no datagram can have: bytes behind the 65535th, or a piece between others of no whole units', () => {
    narrow(68);
    const tooFar = datagram({ fragmentOffset: 65528 }, 100);
    const uneven = datagram({ moreFragments: true, fragmentOffset: 800 }, 101);
    for (const packet of [tooFar, uneven]) {
      const { sent, ended } = topology.receive(first, packet);
      assert.deepEqual([sent, ended], [[], { 'ip4-bad-fragment': 1 }]);
    }
  });

  it('makes fragments that fit and that give the packet when joined, whatever its size, MTU and buffers', () => {
    const sizes = fc.integer({ min: 0, max: 9000 });
    const widths = fc.oneof(fc.integer({ min: 68, max: 1500 }), fc.integer({ min: 1500, max: 9000 }));
    const segments = fc.constantFrom(64, 65, 500, 3968);
    fc.assert(
      fc.property(sizes, widths, segments, (bytes, mtu, segmentBytes) => {
        narrow(mtu);
        const packet = datagram({ options: routerAlert, ttl: 9 }, bytes);
        const fragments = fragmentsOf(packet, { segmentBytes });
        assert.deepEqual(joined(fragments), packet.subarray(24));
        for (const part of fragments) {
          assert.ok(part.length <= mtu);
          assert.equal(checksum(part.subarray(0, 24)), 0);
          assert.equal(part.length, new DataView(part.buffer, part.byteOffset).getUint16(2));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('sends fragments to an unknown neighbour to be held', () => {
    const gateway = topology.nextHop({
      stage4: 'ip4-forward',
      stage6: 'ip6-forward',
      link: second,
      mtu: 600,
    });
    topology.route('198.51.100.0/24', gateway);
    const { events, ended } = topology.receive(first, datagram({}, 1000));
    assert.deepEqual(ended, { consumed: 1, punted: 2 });
    assert.deepEqual(new Set(events.map((event) => event.stage)), new Set(['neighbor-hold']));
  });

  it('drops what no fragment fits', () => {
    narrow(27);
    assert.deepEqual(topology.receive(first, datagram({}, 100)).ended, { 'ip4-fragment-no-room': 1 });
    narrow(60);
    const options = new Uint8Array(40).fill(1);
    const { ended } = topology.receive(first, datagram({ options }, 100));
    assert.deepEqual(ended, { 'ip4-fragment-no-room': 1 });
  });

  it('sends all fragments or none', () => {
    narrow(100);
    for (const left of [0, 1, 2]) {
      const { ended } = topology.bench.starve(left, () => topology.receiveOnce(first, datagram({}, 170)));
      assert.deepEqual(ended, { 'fragment-no-buffers': 1 });
    }
    narrow(8000);
    const { ended } = topology.bench.starve(2, () => topology.receiveOnce(first, datagram({}, 8500)));
    assert.deepEqual(ended, { 'fragment-no-buffers': 1 });
  });
});

/** Lets 198.51.100.0/24 be reached by a link with a small MTU. */
function narrow(mtu: number): void {
  topology.route('198.51.100.0/24', topology.neighbor(second, { mtu }));
}

function fragmentsOf(
  packet: Uint8Array,
  options: { readonly segmentBytes?: number } = {},
): readonly Uint8Array[] {
  return topology.receiveOnce(first, packet, options).sent.map(packetIn);
}

function datagram(fields: Partial<Ipv4Fields>, bytes: number): Uint8Array {
  return fragment(fields, 0, bytes);
}

/** A part of the datagram as it travels alone. */
function fragment(fields: Partial<Ipv4Fields>, from: number, to: number): Uint8Array {
  const ends = { source: first.host.address4, destination: '198.51.100.1' };
  const payload = Uint8Array.from({ length: to - from }, (_, i) => (from + i) * 7);
  return ipv4Packet({ ...ends, protocol: 17, ...fields }, payload);
}

function joined(fragments: readonly Uint8Array[]): Uint8Array {
  const parts = fragments.map((part) => {
    const [ip] = decodePacket(part);
    assert.ok(ip?.layer === 'ipv4');
    return { ip, bytes: part.subarray(ip.headerLength, ip.totalLength) };
  });
  const whole = new Uint8Array(Math.max(...parts.map(({ ip, bytes }) => ip.fragmentOffset + bytes.length)));
  for (const { ip, bytes } of parts) whole.set(bytes, ip.fragmentOffset);
  assert.equal(
    parts.reduce((sum, { bytes }) => sum + bytes.length, 0),
    whole.length,
  );
  assert.deepEqual(
    parts.map(({ ip }) => ip.moreFragments),
    parts.map((_, i) => i < parts.length - 1),
  );
  return whole;
}
