import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checksum } from '../../net/checksum.ts';
import {
  type Ends,
  ipv4Packet,
  ipv6Fragment,
  ipv6Packet,
  joinBytes,
  udpDatagram,
} from '../../net/frame/build.ts';
import { labelled, TunnelBench } from './testing/tunnel-bench.ts';

const bench = await TunnelBench.open();
const { topology } = bench;
const [first] = topology.links;
const packet = labelled(new Uint8Array(40).fill(0x45), { label: 100 }, { label: 200 });
const families = {
  IPv4: (protocol: number, payload: Uint8Array) =>
    ipv4Packet({ source: first.host.address4, destination: first.address4, protocol }, payload),
  IPv6: (nextHeader: number, payload: Uint8Array) =>
    ipv6Packet({ source: first.host.address6, destination: first.address6, nextHeader }, payload),
};
const ends: Readonly<Record<keyof typeof families, Ends>> = {
  IPv4: { source: first.host.address4, destination: first.address4 },
  IPv6: { source: first.host.address6, destination: first.address6 },
};

for (const family of ['IPv4', 'IPv6'] as const) {
  const udp = (payload: Uint8Array, port = 6635, withChecksum = false) =>
    families[family](
      17,
      udpDatagram({ source: 50000, destination: port }, payload, withChecksum ? ends[family] : undefined),
    );
  const gre = (header: readonly number[], payload = packet) =>
    families[family](47, Uint8Array.of(...header, ...payload));

  describe(`labels in UDP over ${family}`, () => {
    it('come out of it whole, from both ports, with a checksum and without, in the VRF they came in', () => {
      for (const [port, withChecksum] of [
        [6635, false],
        [51234, false],
        [6635, true],
      ] as const) {
        const outcome = topology.receive(first, udp(packet, port, withChecksum));
        assert.deepEqual(
          outcome.events.map(({ packet: out }) => out),
          [packet],
        );
        assert.deepEqual([outcome.events[0]?.vrf, outcome.events[0]?.iface], [1, first.id]);
      }
    });

    it('come out of it in many buffers, without what is behind the datagram', () => {
      const padded = new Uint8Array([...udpDatagram({ source: 1, destination: 6635 }, packet), 1, 2, 3]);
      const outcome = topology.receive(first, families[family](17, padded), { segmentBytes: 64 });
      assert.deepEqual(outcome.events[0]?.packet, packet);
    });

    it('are dropped where nobody takes labels, and in VRFs without tunnels', () => {
      bench.without('labels', () => {
        assert.deepEqual(topology.receive(first, udp(packet)).ended, { 'mpls-tunnel-no-labels': 1 });
      });
      bench.without('underlay', () => {
        assert.deepEqual(topology.receive(first, udp(packet)).ended, { 'mpls-tunnel-foreign-vrf': 1 });
      });
    });
  });

  describe(`labels in GRE over ${family}`, () => {
    it('come out of it, with a key, a sequence number, a checksum or none', () => {
      for (const header of [
        [0, 0, 0x88, 0x47],
        [0, 0, 0x88, 0x48],
        [0x20, 0, 0x88, 0x47, 1, 2, 3, 4],
        [0x30, 0, 0x88, 0x47, 1, 2, 3, 4, 0, 0, 0, 9],
        withChecksum([0x80, 0, 0x88, 0x47, 0, 0, 0, 0]),
        withChecksum([0xb0, 0, 0x88, 0x47, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 9]),
      ]) {
        const outcome = topology.receive(first, gre(header));
        assert.deepEqual(
          outcome.events.map(({ packet: out }) => out),
          [packet],
          String(header),
        );
        assert.equal(outcome.events[0]?.vrf, 1);
      }
    });

    it('are dropped with a wrong checksum', () => {
      const header = withChecksum([0x80, 0, 0x88, 0x47, 0, 0, 0, 0]);
      header[4] = (header[4] ?? 0) ^ 1;
      assert.deepEqual(topology.receive(first, gre(header)).ended, { 'gre-bad-checksum': 1 });
    });

    it('are dropped with a route of the sender, or what else nobody may send', () => {
      for (const flags of [0x40, 0x08, 0x04, 0x02, 0x01]) {
        const { ended } = topology.receive(first, gre([flags, 0, 0x88, 0x47, 0, 0, 0, 0]));
        assert.deepEqual(ended, { 'gre-bad-flags': 1 });
      }
    });

    it('are dropped when the header is cut', () => {
      const whole = [0xb0, 0, 0x88, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
      for (let length = 0; length < whole.length; length++) {
        const { ended } = topology.receive(first, gre(whole.slice(0, length), new Uint8Array(0)));
        assert.deepEqual(ended, { 'gre-truncated': 1 }, String(length));
      }
    });

    it('are dropped where nobody takes labels, and in VRFs without tunnels', () => {
      bench.without('labels', () => {
        const { ended } = topology.receive(first, gre([0, 0, 0x88, 0x47]));
        assert.deepEqual(ended, { 'mpls-tunnel-no-labels': 1 });
      });
      bench.without('underlay', () => {
        const { ended } = topology.receive(first, gre([0, 0, 0x88, 0x47]));
        assert.deepEqual(ended, { 'mpls-tunnel-foreign-vrf': 1 });
      });
    });

    it('alone are ours: what else GRE carries, and its other versions, are for the host, or dropped without one', () => {
      const others = [
        [0, 0, 0x08, 0],
        [0x20, 1, 0x88, 0x0b, 0, 0, 0, 0],
        [0, 1, 0x88, 0x47],
      ];
      const fallback = family === 'IPv4' ? 'protocol4' : 'protocol6';
      for (const header of others) {
        assert.deepEqual(topology.receive(first, gre(header)).ended, { 'gre-no-host': 1 });
        topology.take(fallback, 0, 'ip-blackhole');
        assert.deepEqual(topology.receive(first, gre(header)).ended, { blackhole: 1 });
        topology.take(fallback, 0, undefined);
      }
    });
  });

  it(`leaves fragments of ${family} to the host`, () => {
    const fragment =
      family === 'IPv4'
        ? ipv4Packet(
            { ...ends.IPv4, protocol: 47, moreFragments: true },
            joinBytes(new Uint8Array(4), packet),
          )
        : ipv6Packet(
            { ...ends.IPv6, nextHeader: 44 },
            joinBytes(ipv6Fragment({ nextHeader: 47, offset: 0, more: true, identification: 1 }), packet),
          );
    const name = family === 'IPv4' ? 'ip4-local-fragment' : 'ip6-local-fragment';
    assert.deepEqual(topology.receive(first, fragment).ended, { [name]: 1 });
  });
}

function withChecksum(header: readonly number[]): number[] {
  const sum = checksum(Uint8Array.of(...header, ...packet));
  return header.map((byte, at) => (at === 4 ? sum >> 8 : at === 5 ? sum & 255 : byte));
}
