import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { etherFrame, ipv4Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { Topology } from '../ip/testing/topology.ts';
import { labelled, MplsBench } from '../mpls/testing/mpls-bench.ts';
import { alongPaths } from '../tunnel/testing/along-paths.ts';
import { MPLS_UDP_PORT } from './layout.ts';
import { TunnelBench } from './testing/tunnel-bench.ts';

const topology = await Topology.open();
const mpls = new MplsBench(topology);
const tunnels = new TunnelBench(topology);
const { bench, links } = topology;
const [first, second] = links;
const farEnd = '192.0.2.9';
bench.view.setUint16(bench.region('LABELS_INPUT'), bench.node('mpls-input'), true);
mpls.toVrf(100, 1, first.id);

for (const kind of ['mplsoudp', 'mplsogre'] as const) {
  describe(`a common path of ${kind}`, () => {
    it('is what a packet takes that gets a label and goes into a tunnel', () => {
      const via = tunnels.tunnel(kind, farEnd, second.address4);
      topology.route('198.51.100.0/24', mpls.push({ labels: [100], via, mtu: 1400 }));
      const packet = packetBetween(first.host.address4, '198.51.100.7', 9);
      const { sent, ended } = alongPaths(bench, () => bench.receive(first.port, [frameOf(first, packet)]));
      assert.deepEqual(ended, { sent: 1 });
      const inner = sent[0]?.bytes.subarray(kind === 'mplsoudp' ? 42 : 38);
      const routed = packetBetween(first.host.address4, '198.51.100.7', 8);
      assert.deepEqual(inner, labelled([{ label: 100, ttl: 8 }], routed));
    });

    it('is what a packet takes that comes out of a tunnel and is routed', () => {
      const packet = labelled([{ label: 100 }], packetBetween('198.51.100.7', first.host.address4, 9));
      const arriving = frameOf(second, outer(kind, packet));
      const { sent, ended } = alongPaths(bench, () => bench.receive(second.port, [arriving]));
      assert.deepEqual([ended, sent[0]?.port], [{ sent: 1 }, first.port]);
      assert.deepEqual(sent[0]?.bytes.subarray(14), packetBetween('198.51.100.7', first.host.address4, 8));
    });
  });
}

function outer(kind: 'mplsoudp' | 'mplsogre', packet: Uint8Array): Uint8Array {
  const ends = { source: farEnd, destination: second.address4 };
  if (kind === 'mplsogre') {
    const gre = joinBytes(Uint8Array.of(0, 0, 0x88, 0x47), packet);
    return ipv4Packet({ ...ends, protocol: 47 }, gre);
  }
  const datagram = udpDatagram({ source: 51000, destination: MPLS_UDP_PORT }, packet);
  datagram.fill(0, 6, 8); // no checksum (RFC 7510 3)
  return ipv4Packet({ ...ends, protocol: 17 }, datagram);
}

function frameOf(link: typeof first, packet: Uint8Array): Uint8Array {
  return etherFrame({ destination: link.mac, source: link.host.mac, etherType: 0x0800 }, packet);
}

function packetBetween(source: string, destination: string, ttl: number): Uint8Array {
  const payload = udpDatagram({ source: 1, destination: 2 }, new Uint8Array(18));
  return ipv4Packet({ source, destination, protocol: 17, ttl }, payload);
}
