import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import {
  etherFrame,
  ipv4Packet,
  ipv6Packet,
  joinBytes,
  transportChecksum,
  udpDatagram,
} from '../../net/frame/build.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { VXLAN_BRIDGED, VXLAN_READY } from './layout.ts';
import { type Tunnel, VxlanBench, vxlanHeader } from './testing/vxlan-bench.ts';

const bench = await VxlanBench.open();
const { over4, over6 } = bench;
const [first, second, third] = bench.topology.links;

it('a whole frame, byte for byte, as RFC 791, RFC 768 and RFC 7348 draw it', () => {
  const payload = udpDatagram({ source: 0x1111, destination: 0x2222 }, Uint8Array.of(0xaa, 0xbb));
  const ends = { source: '10.0.1.2', destination: '192.0.2.7' };
  const { sent } = bench.topology.receiveOnce(
    first,
    ipv4Packet({ ...ends, protocol: 17, tos: 0xb8 }, payload),
  );
  const bytes = sent[0]?.bytes ?? new Uint8Array(0);
  const port = Buffer.from(bytes.subarray(34, 36)).toString('hex');
  assert.ok(Number.parseInt(port, 16) >= 49152);
  const expected = `
    02 00 00 00 01 02  02 00 00 00 00 02  08 00
    45 b8 00 50  00 00 00 00  40 11 61 e3  0a 00 02 01  0a 00 02 02
    ${port} 12 b5  00 3c 00 00
    08 00 00 00  00 00 64 00
    02 00 00 00 01 99  02 00 00 00 00 10  08 00
    45 b8 00 1e  00 00 00 00  3f 11 ae 0e  0a 00 01 02  c0 00 02 07
    11 11 22 22  00 0a 00 00  aa bb`;
  assert.equal(Buffer.from(bytes).toString('hex'), expected.replaceAll(/\s/g, ''));
});

for (const [name, tunnel] of [
  ['over IPv4', over4],
  ['over IPv6', over6],
] as const) {
  describe(`vxlan-output ${name}`, () => {
    afterEach(() => {
      bench.write(tunnel);
      bench.flood(tunnel, [tunnel.remote]);
    });

    it('puts a routed packet of either family into a datagram to the far end', () => {
      for (const packet of [packet4(tunnel, {}), packet6(tunnel, {})]) {
        const { sent, ended } = bench.topology.receiveOnce(first, packet);
        assert.deepEqual(ended, { sent: 1 });
        assert.equal(sent[0]?.port, second.port);
        assert.deepEqual(packetIn(sent[0]), datagramOf(tunnel, packetIn(sent[0]), routed(tunnel, packet)));
      }
    });

    it('sends each flow from a port of its own, and all packets of a flow from one', () => {
      const portOf = (packet: Uint8Array) =>
        sourcePort(tunnel, bench.topology.receiveOnce(first, packet).sent[0]);
      const flows = Array.from({ length: 64 }, (_, source) => portOf(packet4(tunnel, { source })));
      assert.ok(new Set(flows).size > 60, `${new Set(flows).size} ports for 64 flows`);
      assert.ok(flows.every((port) => port >= 49152));
      assert.equal(portOf(packet4(tunnel, { source: 7, bytes: 100 })), flows[7]);
      const flows6 = Array.from({ length: 64 }, (_, source) => portOf(packet6(tunnel, { source })));
      assert.ok(new Set(flows6).size > 60);
    });

    it('gives the outer header the class and the congestion bits of the inner one', () => {
      for (const tos of [0, 1, 2, 3, 0xb8, 0xfe]) {
        for (const packet of [packet4(tunnel, { tos }), packet6(tunnel, { tos })]) {
          const outer = packetIn(bench.topology.receiveOnce(first, packet).sent[0]);
          const word = new DataView(outer.buffer, outer.byteOffset).getUint16(0);
          assert.equal(tunnel === over4 ? word & 0xff : (word >> 4) & 0xff, tos);
        }
      }
    });

    it('sends to the far end that the station is behind, and copies to all while that is not known', () => {
      const [one, two] = farEnds(tunnel);
      bench.flood(tunnel, [one, two]);
      const packet = packet4(tunnel, {});
      const both = bench.topology.receiveOnce(first, packet);
      assert.deepEqual(both.sent.map((frame) => frame.port).sort(), [second.port, third.port]);
      for (const frame of both.sent)
        assert.deepEqual(inner(tunnel, frame), routed(tunnel, packet), 'copies are whole');
      bench.station(tunnel, tunnel.station.mac, two);
      assert.deepEqual(ports(bench.topology.receiveOnce(first, packet)), [third.port]);
      bench.station(tunnel, tunnel.station.mac, one);
      assert.deepEqual(ports(bench.topology.receiveOnce(first, packet)), [second.port]);
    });

    it('sends what is for a group to all far ends of the list', () => {
      bench.flood(tunnel, farEnds(tunnel));
      const { sent } = send(tunnel, group(tunnel));
      assert.deepEqual(sent.map(({ port }) => port).sort(), [second.port, third.port]);
      for (const frame of sent) assert.deepEqual(inner(tunnel, frame), group(tunnel));
    });

    it('sends a frame from a bridge to the far end that the bridge names, and copies to all for none', () => {
      const [one, two] = farEnds(tunnel);
      bench.flood(tunnel, [one, two]);
      bench.write(tunnel, { flags: VXLAN_READY | VXLAN_BRIDGED });
      assert.deepEqual(ports(send(tunnel, unicast(tunnel), bench.farEnd(two))), [third.port]);
      assert.deepEqual(ports(send(tunnel, unicast(tunnel), bench.farEnd(one))), [second.port]);
      assert.equal(send(tunnel, unicast(tunnel), 0).sent.length, 2);
    });

    it('takes the name of a far end that is gone, or of another one in its place, for none', () => {
      bench.write(tunnel, { flags: VXLAN_READY | VXLAN_BRIDGED });
      const name = bench.farEnd(farEnds(tunnel)[1]);
      assert.deepEqual(ports(send(tunnel, unicast(tunnel), name + 0x10000)), [second.port]);
      assert.deepEqual(ports(send(tunnel, unicast(tunnel), 0xffff0005)), [second.port]);
    });

    it('drops what is for all when nobody is to get it', () => {
      bench.flood(tunnel, []);
      assert.deepEqual(send(tunnel, group(tunnel)).ended, { 'vxlan-no-far-end': 1 });
    });

    it('drops everything while its local address is not ours', () => {
      bench.write(tunnel, { flags: 0 });
      assert.deepEqual(send(tunnel, group(tunnel)).ended, { 'vxlan-no-local': 1 });
    });

    it('drops everything while it is down', () => {
      bench.writeInterface(tunnel, { flags: 0 });
      assert.deepEqual(send(tunnel, group(tunnel)).ended, { 'vxlan-down': 1 });
      bench.writeInterface(tunnel);
    });

    it('drops a frame that is none', () => {
      const { ended } = bench.topology.bench.inject('vxlan-output', new Uint8Array(13), {
        output: tunnel.id,
      });
      assert.deepEqual(ended, { 'vxlan-truncated': 1 });
    });

    it('drops what is too long with what is put round it', () => {
      const frame = joinBytes(unicast(tunnel), new Uint8Array(65535 - 60 - 14));
      assert.deepEqual(send(tunnel, frame).ended, { 'vxlan-no-room': 1 });
    });

    it('drops what no buffers are left for, and says so', () => {
      bench.flood(tunnel, farEnds(tunnel));
      const outcome = bench.topology.bench.starve(0, () => send(tunnel, group(tunnel)));
      assert.deepEqual(outcome.ended, { 'vxlan-no-buffers': 1 });
    });

    it('drops a packet that turns round because the tunnel leads into itself', () => {
      const link = { ...first, id: tunnel.id, mac: tunnel.mac };
      const back = bench.topology.neighbor(link, { mac: tunnel.station.mac });
      const prefix = `${tunnel.remote}/${tunnel === over4 ? 32 : 128}`;
      bench.topology.route(prefix, back);
      assert.deepEqual(send(tunnel, group(tunnel)).ended, { 'vxlan-too-deep': 1 });
      bench.topology.route(prefix, bench.topology.neighbor(second));
    });

    it('drops a packet that turns round because another tunnel of the router is the far end', () => {
      const other = tunnel === over4 ? over6 : over4;
      const link = { ...first, id: tunnel.id, mac: tunnel.mac };
      bench.topology.route('203.0.113.0/24', bench.topology.neighbor(link, { mac: other.mac }));
      const end = tunnel === over4 ? first.address4 : first.address6;
      bench.station(tunnel, other.mac, end);
      bench.write({ ...other, vni: tunnel.vni, local: end });
      bench.table.bindVni(1, tunnel.vni, other.id);
      const ends = { source: first.host.address4, destination: '203.0.113.1' };
      const packet = ipv4Packet({ ...ends, protocol: 17 }, new Uint8Array(8));
      assert.deepEqual(bench.topology.receive(first, packet).ended, { 'vxlan-too-deep': 1 });
      bench.table.bindVni(1, tunnel.vni, tunnel.id);
      bench.write(other);
    });

    it('goes through a tunnel in a tunnel', () => {
      const other = tunnel === over4 ? over6 : over4;
      const link = { ...first, id: other.id, mac: other.mac };
      const neighbor = bench.topology.neighbor(link, { mac: other.station.mac });
      const prefix = `${tunnel.remote}/${tunnel === over4 ? 32 : 128}`;
      bench.topology.route(prefix, neighbor);
      const packet = packet4(tunnel, { bytes: 1000 });
      const [frame] = bench.topology.receiveOnce(first, packet).sent;
      const outer = inner(other, frame);
      assert.deepEqual(inner(tunnel, { bytes: outer }), routed(tunnel, packet));
      bench.topology.route(prefix, bench.topology.neighbor(second));
    });

    it('finishes a checksum that the sender has left to hardware', () => {
      const ends = { source: first.host.address4, destination: tunnel.station.address4 };
      const whole = udpDatagram({ source: 1, destination: 2 }, Uint8Array.of(1, 2, 3, 4), ends);
      const unfinished = whole.slice();
      unfinished.set([0, 0], 6);
      const packet = ipv4Packet({ ...ends, protocol: 17 }, unfinished);
      const none = (1n << 3n) | (1n << 8n); // RTE_MBUF_F_RX_L4_CKSUM_NONE
      const { sent } = bench.topology.receiveOnce(first, packet, { olFlags: none });
      const carried = inner(tunnel, sent[0]).subarray(34);
      assert.equal(transportChecksum(ends, 17, carried), 0);
      assert.deepEqual(carried, whole);
      assert.equal(sent[0]?.olFlags, 0n, 'nothing is asked of the port');
    });

    it('hashes a frame that is no IP by its addresses', () => {
      const portFrom = (source: string) => {
        const frame = etherFrame(
          { destination: tunnel.station.mac, source, etherType: 0x88b5 },
          new Uint8Array(46),
        );
        return sourcePort(tunnel, send(tunnel, frame).sent[0]);
      };
      const ports = Array.from({ length: 32 }, (_, i) => portFrom(`02:00:00:00:07:${(i + 16).toString(16)}`));
      assert.ok(new Set(ports).size > 28);
    });

    it('hashes a tagged frame by the flow in it', () => {
      const tag = Uint8Array.of(0, 7, 8, 0);
      const portOf = (source: number) => {
        const header = { destination: tunnel.station.mac, source: tunnel.mac, etherType: 0x8100 };
        const frame = etherFrame(header, joinBytes(tag, packet4(tunnel, { source })));
        return sourcePort(tunnel, send(tunnel, frame).sent[0]);
      };
      assert.ok(new Set(Array.from({ length: 32 }, (_, i) => portOf(i))).size > 28);
    });

    it('does not read behind a frame that ends in its headers', () => {
      const frame = routed(tunnel, packet4(tunnel, {}));
      for (let bytes = 14; bytes < frame.length; bytes++) {
        const { sent } = send(tunnel, frame.subarray(0, bytes));
        assert.deepEqual(inner(tunnel, sent[0]), frame.subarray(0, bytes));
      }
    });
  });
}

/** Gives a frame to the tunnel, with the name of a far end as a bridge does. */
function send({ id }: Tunnel, frame: Uint8Array, note = 0) {
  return bench.topology.bench.inject('vxlan-output', frame, { output: id, vrf: 1, note });
}

function ports({ sent }: { readonly sent: readonly { readonly port: number }[] }): readonly number[] {
  return sent.map(({ port }) => port);
}

/** Far ends on the second and the third link. */
function farEnds(tunnel: Tunnel): readonly [string, string] {
  return tunnel === over4
    ? [second.host.address4, third.host.address4]
    : [second.host.address6, third.host.address6];
}

interface FlowFields {
  readonly source?: number;
  readonly tos?: number;
  readonly bytes?: number;
}

function packet4({ station }: Tunnel, { source = 1000, tos = 0, bytes = 8 }: FlowFields): Uint8Array {
  const ends = { source: first.host.address4, destination: station.address4 };
  const payload = udpDatagram({ source, destination: 2000 }, new Uint8Array(bytes), ends);
  return ipv4Packet({ ...ends, protocol: 17, tos }, payload);
}

function packet6({ station }: Tunnel, { source = 1000, tos = 0, bytes = 8 }: FlowFields): Uint8Array {
  const ends = { source: first.host.address6, destination: station.address6 };
  const payload = udpDatagram({ source, destination: 2000 }, new Uint8Array(bytes), ends);
  return ipv6Packet({ ...ends, nextHeader: 17, trafficClass: tos }, payload);
}

/** The frame that a routed packet becomes on the tunnel's interface. */
function routed({ mac, station }: Tunnel, packet: Uint8Array): Uint8Array {
  const is4 = (packet[0] ?? 0) >> 4 === 4;
  const after = packet.slice();
  after[is4 ? 8 : 7] = 63;
  if (is4) {
    const view = new DataView(after.buffer);
    const sum = view.getUint16(10) + 0x100;
    view.setUint16(10, (sum & 0xffff) + (sum >> 16));
  }
  return etherFrame({ destination: station.mac, source: mac, etherType: is4 ? 0x0800 : 0x86dd }, after);
}

function group({ mac }: Tunnel): Uint8Array {
  return etherFrame(
    { destination: 'ff:ff:ff:ff:ff:ff', source: mac, etherType: 0x88b5 },
    Uint8Array.from({ length: 46 }, (_, i) => i),
  );
}

function unicast({ mac, station }: Tunnel): Uint8Array {
  return etherFrame({ destination: station.mac, source: mac, etherType: 0x88b5 }, new Uint8Array(46));
}

/** The datagram to the tunnel's far end with a frame, with the identification and source port that were chosen. */
function datagramOf(tunnel: Tunnel, sent: Uint8Array, frame: Uint8Array): Uint8Array {
  const view = new DataView(sent.buffer, sent.byteOffset);
  const payload = joinBytes(vxlanHeader({ vni: tunnel.vni }), frame);
  const ends = { source: tunnel.local, destination: tunnel.remote };
  const udp = (source: number) => udpDatagram({ source, destination: 4789 }, payload);
  if (tunnel === over6) return ipv6Packet({ ...ends, nextHeader: 17 }, udp(view.getUint16(40)));
  return ipv4Packet({ ...ends, protocol: 17, identification: view.getUint16(4) }, udp(view.getUint16(20)));
}

function headerBytes(tunnel: Tunnel): number {
  return tunnel === over4 ? 20 : 40;
}

function sourcePort(tunnel: Tunnel, frame: { readonly bytes: Uint8Array } | undefined): number {
  const packet = packetIn(frame);
  return new DataView(packet.buffer, packet.byteOffset).getUint16(headerBytes(tunnel));
}

function inner(tunnel: Tunnel, frame: { readonly bytes: Uint8Array } | undefined): Uint8Array {
  return packetIn(frame).subarray(headerBytes(tunnel) + 16);
}
