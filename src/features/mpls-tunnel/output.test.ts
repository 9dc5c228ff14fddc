import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { etherFrame, ipv4Packet, ipv6Packet, tcpSegment, udpDatagram } from '../../net/frame/build.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { IPV4, labelled, TunnelBench } from './testing/tunnel-bench.ts';

const bench = await TunnelBench.open();
const [, second] = bench.topology.links;
const local4 = second.address4;
const local6 = second.address6;
const tunnels = {
  'UDP over IPv4': bench.tunnel('mplsoudp', '192.0.2.9', local4),
  'UDP over IPv6': bench.tunnel('mplsoudp', '2001:db8:9::9', local6),
  'GRE over IPv4': bench.tunnel('mplsogre', '192.0.2.9', local4),
  'GRE over IPv6': bench.tunnel('mplsogre', '2001:db8:9::9', local6),
};
const inner4 = inner({});
const inner6 = ipv6Packet(
  { source: 'fd00:7::1', destination: 'fd00:8::1', nextHeader: 17, trafficClass: 0xb9 },
  udpDatagram({ source: 7, destination: 8 }, new Uint8Array(30)),
);

describe('mplsoudp-output', () => {
  it('puts UDP and IPv4 round labels: port 6635, no checksum, TTL 64, may be fragmented', () => {
    const packet = labelled(inner4, { label: 100 }, { label: 200 });
    const { sent, ended } = bench.send(tunnels['UDP over IPv4'], packet);
    assert.deepEqual(ended, { sent: 1 });
    const outer = packetIn(sent[0]);
    const port = word(outer, 20);
    assert.ok(port >= 49152, String(port));
    const udp = udpDatagram({ source: port, destination: 6635 }, packet);
    const identification = word(outer, 4);
    const ends = { source: local4, destination: '192.0.2.9', identification };
    assert.deepEqual(outer, ipv4Packet({ ...ends, protocol: 17, ttl: 64, tos: 0xb8 }, udp));
  });

  it('puts UDP and IPv6 round labels, and the hash in the flow label too', () => {
    const packet = labelled(inner6, { label: 100 });
    const { sent } = bench.send(tunnels['UDP over IPv6'], packet);
    const outer = packetIn(sent[0]);
    const udp = udpDatagram({ source: word(outer, 40), destination: 6635 }, packet);
    const flowLabel = flowLabelOf(outer);
    assert.equal(flowLabel & 0x3fff, word(outer, 40) - 49152);
    const ends = { source: local6, destination: '2001:db8:9::9', nextHeader: 17, flowLabel };
    assert.deepEqual(outer, ipv6Packet({ ...ends, hopLimit: 64, trafficClass: 0xb8 }, udp));
  });

  it('sends to the port that the far end is said to have', () => {
    const nextHop = bench.tunnel('mplsoudp', '192.0.2.9', local4, 51234);
    const { sent } = bench.send(nextHop, labelled(inner4, { label: 100 }));
    assert.equal(word(packetIn(sent[0]), 22), 51234);
  });
});

describe('mplsogre-output', () => {
  it('puts the base header of GRE and IPv4 round labels', () => {
    const packet = labelled(inner4, { label: 100 });
    const { sent, ended } = bench.send(tunnels['GRE over IPv4'], packet);
    assert.deepEqual(ended, { sent: 1 });
    const outer = packetIn(sent[0]);
    const gre = Uint8Array.of(0, 0, 0x88, 0x47, ...packet);
    const ends = { source: local4, destination: '192.0.2.9', identification: word(outer, 4) };
    assert.deepEqual(outer, ipv4Packet({ ...ends, protocol: 47, ttl: 64, tos: 0xb8 }, gre));
  });

  it('puts them round IPv6, whose flow label tells flows apart', () => {
    const packet = labelled(inner6, { label: 100 });
    const outer = packetIn(bench.send(tunnels['GRE over IPv6'], packet).sent[0]);
    const gre = Uint8Array.of(0, 0, 0x88, 0x47, ...packet);
    const flowLabel = flowLabelOf(outer);
    assert.notEqual(flowLabel, 0);
    const ends = { source: local6, destination: '2001:db8:9::9', nextHeader: 47, flowLabel };
    assert.deepEqual(outer, ipv6Packet({ ...ends, hopLimit: 64, trafficClass: 0xb8 }, gre));
  });
});

for (const [name, nextHop] of Object.entries(tunnels)) {
  describe(name, () => {
    it('refuses what has no labels', () => {
      const { ended } = bench.send(nextHop, inner4, { etherType: IPV4 });
      assert.deepEqual(ended, { 'mpls-tunnel-unlabelled': 1 });
    });

    it('drops what has been put into four tunnels', () => {
      const packet = labelled(inner4, { label: 100 });
      assert.deepEqual(bench.send(nextHop, packet, { flags: 3 << 8 }).ended, { sent: 1 });
      assert.deepEqual(bench.send(nextHop, packet, { flags: 4 << 8 }).ended, { 'mpls-tunnel-loop': 1 });
    });

    it('drops what no IP packet can hold', () => {
      const packet = labelled(new Uint8Array(65530), { label: 100 });
      assert.deepEqual(bench.send(nextHop, packet).ended, { 'mpls-tunnel-no-room': 1 });
    });

    it('drops what comes while it has no address to speak from', () => {
      const [kind, remote] = name.split(' over ') as ['UDP' | 'GRE', 'IPv4' | 'IPv6'];
      const down = bench.tunnel(
        kind === 'UDP' ? 'mplsoudp' : 'mplsogre',
        remote === 'IPv4' ? '192.0.2.9' : '2001:db8:9::9',
        '',
      );
      const { ended } = bench.send(down, labelled(inner4, { label: 100 }));
      assert.deepEqual(ended, { 'mpls-tunnel-down': 1 });
    });

    it('survives a stack without an end, a payload cut short and labels alone', () => {
      const endless = new Uint8Array(100);
      const cut = labelled(inner4, { label: 100 });
      for (const packet of [endless, ...lengths(cut)]) {
        assert.deepEqual(bench.send(nextHop, packet).ended, { sent: 1 });
      }
      assert.equal(bench.topology.bench.buffersOut, 0);
    });
  });
}

describe('the source port', () => {
  const portOf = (payload: Uint8Array, fields = {}) =>
    word(packetIn(bench.send(tunnels['UDP over IPv4'], labelled(payload, { label: 9 }), fields).sent[0]), 20);
  const spread = (payloads: readonly Uint8Array[]) => new Set(payloads.map((each) => portOf(each))).size;
  const hosts = Array.from({ length: 64 }, (_, index) => index);

  it('is the same for all packets of a flow', () => {
    assert.equal(portOf(inner({ bytes: 20 })), portOf(inner({ bytes: 900 })));
  });

  it('tells flows inside apart: by ports, by addresses, by MAC addresses', () => {
    assert.ok(spread(hosts.map((port) => inner({ port }))) > 55);
    assert.ok(spread(hosts.map((host) => inner({ source: `10.9.0.${host}` }))) > 55);
    const macs = hosts.map((host) => frame(`02:00:00:00:07:${host.toString(16).padStart(2, '0')}`));
    assert.ok(spread(macs) > 55);
    assert.ok(spread(macs.map((each) => Uint8Array.of(0, 0, 0, 0, ...each))) > 55);
  });

  it("does not take a frame's MAC address for the version of IP", () => {
    const ports = [1, 2, 3].map((value) =>
      portOf(frame('46:00:00:00:07:01', new Uint8Array(60).fill(value))),
    );
    assert.equal(new Set(ports).size, 1);
  });

  it('is from what the port has hashed, where it has', () => {
    assert.equal(portOf(inner4, { olFlags: 2n }), 49152);
  });

  it('spreads over the members of a group in the underlay', () => {
    const { topology } = bench;
    const [first, , third] = topology.links;
    const members = [topology.neighbor(first), topology.neighbor(third)];
    const group = topology.nextHop({ stage4: 'ip4-group', stage6: 'ip6-group', members });
    topology.route('192.0.2.10/32', group);
    const nextHop = bench.tunnel('mplsoudp', '192.0.2.10', local4);
    const ports = hosts.map((port) => {
      const { sent } = bench.send(nextHop, labelled(inner({ port }), { label: 9 }));
      return sent[0]?.port;
    });
    assert.ok(ports.filter((port) => port === first.port).length > 10);
    assert.ok(ports.filter((port) => port === third.port).length > 10);
  });
});

describe('the outer traffic class', () => {
  const tosOf = (payload: Uint8Array, trafficClass: number) =>
    packetIn(bench.send(tunnels['UDP over IPv4'], labelled(payload, { label: 9, trafficClass })).sent[0])[1];

  it('is the DSCP inside, without its ECN bits', () => {
    assert.equal(tosOf(inner({ tos: 0xbb }), 0), 0xb8);
    assert.equal(tosOf(inner({ tos: 0xbb }), 5), 0xb8);
    assert.equal(tosOf(inner6, 0), 0xb8);
  });

  it("is the label's own where it has another", () => {
    assert.equal(tosOf(inner({ tos: 0xbb }), 3), 0x60);
    assert.equal(tosOf(frame('02:00:00:00:07:01'), 6), 0xc0);
  });
});

it("finishes a checksum that the inner packet's sender has left to the port", () => {
  const ends = { source: '10.7.0.1', destination: '10.8.0.1' };
  const segment = (withEnds: boolean) =>
    tcpSegment({ source: 7, destination: 8 }, new Uint8Array(20), withEnds ? ends : undefined);
  const unfinished = labelled(ipv4Packet({ ...ends, protocol: 6 }, segment(false)), { label: 9 });
  const { sent } = bench.send(tunnels['UDP over IPv4'], unfinished, { olFlags: (1n << 3n) | (1n << 8n) });
  assert.deepEqual(packetIn(sent[0]).subarray(20 + 8 + 4 + 20), segment(true));
});

function inner(fields: { port?: number; source?: string; tos?: number; bytes?: number }): Uint8Array {
  const { port = 7, source = '10.7.0.1', tos = 0xb9, bytes = 30 } = fields;
  const udp = udpDatagram({ source: port, destination: 8 }, new Uint8Array(bytes));
  return ipv4Packet({ source, destination: '10.8.0.1', protocol: 17, tos }, udp);
}

function frame(destination: string, payload: Uint8Array = inner({})): Uint8Array {
  return etherFrame({ destination, source: '02:00:00:00:08:01', etherType: 0x0800 }, payload);
}

function* lengths(packet: Uint8Array): Generator<Uint8Array> {
  for (let length = 1; length < packet.length; length++) yield packet.subarray(0, length);
}

function word(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint16(at);
}

function flowLabelOf(packet: Uint8Array): number {
  return new DataView(packet.buffer, packet.byteOffset).getUint32(0) & 0xfffff;
}
