import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { etherFrame, ipv4Packet, ipv6Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { onTheWay } from '../ip/testing/on-the-way.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { protocolOf, Srv6Bench, segmentHeader } from './testing/srv6-bench.ts';

const bench = await Srv6Bench.open();
const { topology } = bench;
const [first, second, third] = topology.links;
const SOURCE = second.address6;
const path = ['2001:db8:e::1', '2001:db8:e::2', '2001:db8:e::3'];

for (const encapsulation of ['h.encaps', 'h.encaps.red'] as const) {
  for (const count of [1, 2, 3]) {
    const segments = path.slice(0, count);
    it(`${encapsulation} puts ${count} segments round a packet of either family`, () => {
      const nextHop = bench.encap(encapsulation, segments, SOURCE);
      for (const [prefix, packet] of [
        ['192.0.2.0/24', out4()],
        ['2001:db8:100::/64', out6()],
      ] as const) {
        topology.route(prefix, nextHop);
        const { sent, ended } = topology.receive(first, packet);
        assert.deepEqual(ended, { sent: 1 });
        assert.equal(sent[0]?.port, second.port);
        const came = packetIn(sent[0]);
        const flowLabel = labelOf(came);
        const [destination = ''] = segments;
        const header = headerOf(encapsulation, segments, protocolOf(packet));
        const outer = { source: SOURCE, destination, trafficClass: 0xb9, flowLabel };
        const nextHeader = header.length > 0 ? 43 : protocolOf(packet);
        const expected = ipv6Packet({ ...outer, nextHeader }, joinBytes(header, onTheWay(packet)));
        assert.deepEqual(came, expected);
      }
    });
  }
}

describe('srv6-output', () => {
  const nextHop = bench.encap('h.encaps', path.slice(0, 1), SOURCE);

  it('tells flows apart by the label', () => {
    topology.route('192.0.2.0/24', nextHop);
    const labels = [1, 2, 3, 4].map((port) => labelOf(packetIn(topology.receive(first, out4(port)).sent[0])));
    assert.equal(new Set(labels).size, 4);
  });

  it('follows the way to its segment from burst to burst, and each list its own way within one', () => {
    const [near, far] = ['2001:db8:e::7', '2001:db8:e::8'];
    topology.route('192.0.2.0/24', bench.encap('h.encaps.red', [near], SOURCE));
    topology.route('198.18.0.0/24', bench.encap('h.encaps.red', [far], SOURCE));
    const frames = ['192.0.2.9', '198.18.0.9', '192.0.2.9'].map((destination) =>
      etherFrame(
        { destination: first.mac, source: first.host.mac, etherType: 0x0800 },
        out4(7, 8, destination),
      ),
    );
    for (const [nearBy, farBy] of [
      [second, third],
      [third, second],
    ] as const) {
      topology.route(`${near}/128`, topology.neighbor(nearBy));
      topology.route(`${far}/128`, topology.neighbor(farBy));
      const { sent } = topology.bench.receive(first.port, frames);
      const ports = sent.map(({ port, bytes }) => [port, bytes.at(14 + 39)]);
      assert.deepEqual(
        ports.toSorted(),
        [
          [nearBy.port, 7],
          [nearBy.port, 7],
          [farBy.port, 8],
        ].toSorted(),
      );
    }
  });

  it('tells the sender what is larger than the way takes', () => {
    topology.route('192.0.2.0/24', nextHop);
    topology.route('2001:db8:100::/64', nextHop);
    for (const packet of [out4(7, 1400), out6(1400)]) {
      const { sent } = topology.receiveOnce(first, packet);
      assert.equal(sent[0]?.port, first.port);
    }
  });

  it('drops what has no address to speak from', () => {
    topology.route('192.0.2.0/24', bench.encap('h.encaps', path));
    assert.deepEqual(topology.receive(first, out4()).ended, { 'srv6-no-source': 1 });
  });

  it('drops a packet that turns round because its first segment lies behind the list', () => {
    const round = bench.encap('h.encaps', ['2001:db8:77::1'], SOURCE);
    topology.route('2001:db8:77::/64', round);
    topology.route('192.0.2.0/24', round);
    assert.deepEqual(topology.receive(first, out4()).ended, { 'srv6-too-deep': 1 });
  });

  it('drops what is no IP packet', () => {
    const fields = { nextHop, etherType: 0x0608 };
    assert.deepEqual(topology.bench.inject('srv6-output', new Uint8Array(28), fields).ended, {
      'srv6-not-ip': 1,
    });
  });

  it('drops what is too long with what is put round it', () => {
    const fields = { nextHop, etherType: 0x0008 };
    const long = joinBytes(out4(), new Uint8Array(65500));
    assert.deepEqual(topology.bench.inject('srv6-output', long, fields).ended, { 'srv6-no-room': 1 });
  });
});

function headerOf(encapsulation: string, segments: readonly string[], nextHeader: number): Uint8Array {
  const all = segmentHeader({ nextHeader, segments, left: segments.length - 1 });
  if (encapsulation === 'h.encaps') return all;
  if (segments.length === 1) return new Uint8Array(0);
  const left = segments.length - 1;
  return segmentHeader({ nextHeader, segments: segments.slice(1), left });
}

function labelOf(packet: Uint8Array): number {
  return new DataView(packet.buffer, packet.byteOffset).getUint32(0) & 0xfffff;
}

function out4(port = 7, bytes = 8, destination = '192.0.2.9'): Uint8Array {
  const ends = { source: first.host.address4, destination };
  const payload = udpDatagram({ source: 5, destination: port }, new Uint8Array(bytes));
  return ipv4Packet({ ...ends, protocol: 17, tos: 0xb9, dontFragment: true }, payload);
}

function out6(bytes = 8): Uint8Array {
  const ends = { source: first.host.address6, destination: '2001:db8:100::9' };
  const payload = udpDatagram({ source: 5, destination: 7 }, new Uint8Array(bytes));
  return ipv6Packet({ ...ends, nextHeader: 17, trafficClass: 0xb9 }, payload);
}
