import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { etherFrame, ipv4Packet, ipv6Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { onTheWay } from '../ip/testing/on-the-way.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { around, IpipBench, ipipOf, type Tunnel } from './testing/ipip-bench.ts';

const bench = await IpipBench.open();
const { topology, over4, over6 } = bench;
const [first, second] = topology.links;

for (const [name, tunnel] of [
  ['over IPv4', over4],
  ['over IPv6', over6],
] as const) {
  describe(`ipip-output ${name}`, () => {
    afterEach(() => {
      bench.table.setReady(tunnel.id, ipipOf(tunnel), true);
      bench.writeInterface(tunnel);
    });

    it('puts a routed packet of either family into one to the far end, with its class of traffic', () => {
      for (const packet of [out4(tunnel), out6(tunnel)]) {
        const { sent, ended } = topology.receiveOnce(first, packet);
        assert.deepEqual(ended, { sent: 1 });
        assert.equal(sent[0]?.port, second.port);
        const came = packetIn(sent[0]);
        assert.deepEqual(came, around(outwards(tunnel), onTheWay(packet), { tos: 0xb9, ...variable(came) }));
      }
    });

    it('asks that the outer packet is not cut where the inner one must not be', () => {
      const [frame] = topology.receiveOnce(first, out4(tunnel, { dontFragment: true })).sent;
      if (tunnel === over4) assert.equal(packetIn(frame)[6], 0x40);
    });

    it('tells flows apart by the label of an outer IPv6 header', () => {
      const labels = [1, 2, 3, 4].map((port) => {
        const [frame] = topology.receiveOnce(first, out4(tunnel, { port })).sent;
        return variable(packetIn(frame)).flowLabel;
      });
      assert.equal(new Set(labels).size, tunnel === over6 ? 4 : 1);
    });

    it('cuts or refuses what is larger than it takes', () => {
      assert.deepEqual(topology.receiveOnce(first, out4(tunnel, { bytes: 1400 })).ended, {
        sent: 2,
        consumed: 1,
      });
      const refused = topology.receiveOnce(first, out4(tunnel, { bytes: 1400, dontFragment: true }));
      assert.equal(refused.sent[0]?.port, first.port);
      assert.equal(topology.receiveOnce(first, out6(tunnel, 1400)).sent[0]?.port, first.port);
    });

    it('drops everything while its local address is not ours', () => {
      bench.table.setReady(tunnel.id, ipipOf(tunnel), false);
      assert.deepEqual(topology.receiveOnce(first, out4(tunnel)).ended, { 'ipip-no-local': 1 });
    });

    it('drops everything while it is down', () => {
      bench.writeInterface(tunnel, 0);
      assert.deepEqual(topology.receiveOnce(first, out4(tunnel)).ended, { 'ipip-down': 1 });
    });

    it('drops what is no IP packet', () => {
      const macs = { destination: second.mac, source: second.mac };
      for (const frame of [
        etherFrame({ ...macs, etherType: 0x0806 }, new Uint8Array(28)),
        etherFrame({ ...macs, etherType: 0x0800 }, out6(tunnel)),
        new Uint8Array(13),
      ]) {
        assert.deepEqual(topology.bench.inject('ipip-output', frame, { output: tunnel.id }).ended, {
          'ipip-not-ip': 1,
        });
      }
    });

    it('drops what is too long with what is put round it', () => {
      const header = { destination: second.mac, source: second.mac, etherType: 0x0800 };
      const frame = etherFrame(header, joinBytes(out4(tunnel), new Uint8Array(65500)));
      assert.deepEqual(topology.bench.inject('ipip-output', frame, { output: tunnel.id }).ended, {
        'ipip-no-room': 1,
      });
    });

    it('drops a packet that turns round because the tunnel leads into itself', () => {
      const prefix = `${tunnel.remote}/${tunnel === over4 ? 32 : 128}`;
      topology.route(prefix, topology.neighbor({ ...first, id: tunnel.id }));
      assert.deepEqual(topology.receiveOnce(first, out4(tunnel)).ended, { 'ipip-too-deep': 1 });
      topology.route(prefix, topology.neighbor(second));
    });
  });

  describe(`ipip-input ${name}`, () => {
    afterEach(() => bench.writeInterface(tunnel));

    it('lets what is inside enter the interface of its two ends, where it is routed on', () => {
      for (const packet of [in4(tunnel), in6(tunnel)]) {
        const { sent, ended } = topology.receive(second, around(inwards(tunnel), packet));
        assert.deepEqual(ended, { sent: 1 });
        assert.equal(sent[0]?.port, first.port);
        assert.deepEqual(packetIn(sent[0]), onTheWay(packet));
      }
    });

    it('takes over what the underlay says of congestion', () => {
      const told = around(inwards(tunnel), in6(tunnel, 2), { tos: 3 });
      assert.deepEqual(packetIn(topology.receiveOnce(second, told).sent[0]), onTheWay(in6(tunnel, 3)));
      const untold = around(inwards(tunnel), in6(tunnel, 0), { tos: 3 });
      assert.deepEqual(topology.receiveOnce(second, untold).ended, { 'ipip-congested': 1 });
    });

    it('drops what no tunnel has the ends of', () => {
      const other = { ...inwards(tunnel), source: tunnel === over4 ? '10.0.2.77' : '2001:db8:2::77' };
      assert.deepEqual(topology.receiveOnce(second, around(other, in4(tunnel))).ended, {
        'ipip-no-tunnel': 1,
      });
    });

    it('drops what is cut, or of another version than it says', () => {
      const protocol = 41;
      for (const inside of [in6(tunnel).subarray(0, 39), in4(tunnel)]) {
        const fields = { ...inwards(tunnel), protocol, nextHeader: protocol };
        const outer = tunnel === over4 ? ipv4Packet(fields, inside) : ipv6Packet(fields, inside);
        assert.deepEqual(topology.receiveOnce(second, outer).ended, { 'ipip-bad-packet': 1 });
      }
    });

    it('drops everything while it is down', () => {
      bench.writeInterface(tunnel, 0);
      assert.deepEqual(topology.receiveOnce(second, around(inwards(tunnel), in4(tunnel))).ended, {
        'ipip-down': 1,
      });
    });

    it('takes a packet that lies in several segments', () => {
      const packet = in6(tunnel, 0, 400);
      const { sent } = topology.receive(second, around(inwards(tunnel), packet), { segmentBytes: 120 });
      assert.deepEqual(packetIn(sent[0]), onTheWay(packet));
    });
  });
}

it('tells a thousand tunnels apart, of which some are in one chain, and lets go of each', () => {
  const others = Array.from({ length: 1000 }, (_, place) => ({
    ...over4,
    id: 0x1000 + place,
    remote: `10.9.${place >> 8}.${place & 255}`,
  }));
  const endsOf = (other: Tunnel) => topology.receiveOnce(second, around(inwards(other), in4(other))).ended;
  for (const other of others) {
    bench.table.link(other.id, ipipOf(other), true);
    bench.writeInterface(other);
  }
  for (const other of others) assert.deepEqual(endsOf(other), { sent: 1 });
  for (const [place, other] of others.entries()) if (place % 2) bench.table.unlink(other.id);
  for (const [place, other] of others.entries())
    assert.deepEqual(endsOf(other), place % 2 ? { 'ipip-no-tunnel': 1 } : { sent: 1 });
  for (const [place, other] of others.entries()) if (place % 2 === 0) bench.table.unlink(other.id);
  assert.deepEqual(endsOf(over4), { sent: 1 });
});

function outwards({ local, remote }: Tunnel) {
  return { source: local, destination: remote };
}

function inwards({ local, remote }: Tunnel) {
  return { source: remote, destination: local };
}

function out4(
  { behind4 }: Tunnel,
  {
    port = 7,
    bytes = 8,
    dontFragment = false,
  }: { port?: number; bytes?: number; dontFragment?: boolean } = {},
): Uint8Array {
  const ends = { source: first.host.address4, destination: behind4 };
  const payload = udpDatagram({ source: 5, destination: port }, new Uint8Array(bytes));
  return ipv4Packet({ ...ends, protocol: 17, tos: 0xb9, dontFragment }, payload);
}

function out6({ behind6 }: Tunnel, bytes = 8): Uint8Array {
  const ends = { source: first.host.address6, destination: behind6 };
  const payload = udpDatagram({ source: 5, destination: 7 }, new Uint8Array(bytes));
  return ipv6Packet({ ...ends, nextHeader: 17, trafficClass: 0xb9 }, payload);
}

function in4({ behind4 }: Tunnel): Uint8Array {
  const ends = { source: behind4, destination: first.host.address4 };
  return ipv4Packet({ ...ends, protocol: 17 }, udpDatagram({ source: 5, destination: 7 }, new Uint8Array(8)));
}

function in6({ behind6 }: Tunnel, trafficClass = 0, bytes = 8): Uint8Array {
  const ends = { source: behind6, destination: first.host.address6 };
  const payload = udpDatagram({ source: 5, destination: 7 }, new Uint8Array(bytes));
  return ipv6Packet({ ...ends, nextHeader: 17, trafficClass }, payload);
}

/** What of an outer header is not the same each time: an identification, or the label that a flow's hash is. */
function variable(packet: Uint8Array) {
  const view = new DataView(packet.buffer, packet.byteOffset);
  const is6 = view.getUint8(0) >> 4 === 6;
  return { identification: is6 ? 0 : view.getUint16(4), flowLabel: is6 ? view.getUint32(0) & 0xfffff : 0 };
}
