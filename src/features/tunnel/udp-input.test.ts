import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv4Packet, ipv6Options, ipv6Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { Topology } from '../ip/testing/topology.ts';

// The host stands in for a tunnel: what takes a port gets the datagram with its IP header.

const PORT = 4789;
const topology = await Topology.open();
const { bench, links } = topology;
const [link] = links;
for (const what of ['protocol4', 'protocol6'] as const) topology.take(what, 17, 'udp-input');
bench.view.setUint16(
  bench.region('UDP_PORTS') + (((PORT & 0xff) << 8) | (PORT >> 8)) * 2,
  bench.node('host-deliver'),
  true,
);

const ends4 = { source: link.host.address4, destination: link.address4 };
const ends6 = { source: link.host.address6, destination: link.address6 };
const payload = Uint8Array.from({ length: 40 }, (_, i) => i);
const good4 = udpDatagram({ source: 50000, destination: PORT }, payload, ends4);
const good6 = udpDatagram({ source: 50000, destination: PORT }, payload, ends6);
/** Both RX bits: the sender is on this machine and has left the checksum out. */
const UNFINISHED = (1n << 3n) | (1n << 8n);

function ip4(datagram: Uint8Array): Uint8Array {
  return ipv4Packet({ ...ends4, protocol: 17 }, datagram);
}

function ip6(datagram: Uint8Array): Uint8Array {
  return ipv6Packet({ ...ends6, nextHeader: 17 }, datagram);
}

/** The datagram with another word at a place of its header. */
function withWord(datagram: Uint8Array, at: number, word: number): Uint8Array {
  const changed = datagram.slice();
  new DataView(changed.buffer).setUint16(at, word);
  return changed;
}

for (const [family, wrap, good] of [
  ['IPv4', ip4, good4],
  ['IPv6', ip6, good6],
] as const) {
  test(`gives a datagram over ${family} to the stage that has its port`, () => {
    const { events } = topology.receive(link, wrap(good));
    assert.deepEqual(
      events.map(({ packet }) => packet),
      [wrap(good)],
    );
  });

  test(`takes a checksum of zero over ${family}, and one that its sender has left out`, () => {
    assert.equal(topology.receive(link, wrap(withWord(good, 6, 0))).events.length, 1);
    const unfinished = wrap(withWord(good, 6, 0x1234));
    assert.equal(topology.receive(link, unfinished, { olFlags: UNFINISHED }).events.length, 1);
  });

  test(`drops a datagram over ${family} with a wrong checksum, in one buffer and in several`, () => {
    for (const segmentBytes of [undefined, 64]) {
      const options = segmentBytes ? { segmentBytes } : {};
      const { ended } = topology.receive(link, wrap(withWord(good, 6, 0x1234)), options);
      assert.deepEqual(ended, { 'udp-bad-checksum': 1 });
    }
  });

  test(`drops a datagram over ${family} whose length is less than its header, or more than the packet has`, () => {
    for (const length of [0, 7, good.length + 1, 65535]) {
      const { ended } = topology.receive(link, wrap(withWord(good, 4, length)));
      assert.deepEqual(ended, { 'udp-bad-length': 1 });
    }
  });

  test(`hands on nothing that is behind a datagram over ${family}`, () => {
    for (const segmentBytes of [undefined, 64]) {
      const { events } = topology.receive(
        link,
        wrap(joinBytes(good, new Uint8Array(30).fill(9))),
        segmentBytes ? { segmentBytes } : {},
      );
      assert.equal(events[0]?.packet?.length, wrap(good).length);
    }
  });

  test(`drops a datagram over ${family} that is cut in its header`, () => {
    assert.deepEqual(topology.receive(link, wrap(good.subarray(0, 7))).ended, { 'udp-truncated': 1 });
  });

  test(`gives other ports over ${family} to the host, and drops them where there is none`, () => {
    const other = wrap(withWord(good, 2, 9999));
    assert.deepEqual(topology.receive(link, other).ended, { 'udp-no-host': 1 });
    const what = family === 'IPv4' ? 'protocol4' : 'protocol6';
    topology.take(what, 0, 'host-deliver');
    assert.equal(topology.receive(link, other).events.length, 1);
    topology.take(what, 0, undefined);
  });
}

test('finds the datagram behind extension headers', () => {
  const extended = joinBytes(ipv6Options(17, Uint8Array.of(5, 2, 0, 0)), good6);
  const packet = ipv6Packet({ ...ends6, nextHeader: 0 }, extended);
  assert.equal(topology.receive(link, packet).events.length, 1);
});
