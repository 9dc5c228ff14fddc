import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { ipv4Packet, ipv6Packet, udpDatagram } from '../../net/frame/build.ts';
import { INTERFACE_RECORD_BYTES } from '../interface/layout.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { VXLAN_BRIDGED, VXLAN_READY } from './layout.ts';
import { frameFrom, type Tunnel, VxlanBench } from './testing/vxlan-bench.ts';

const bench = await VxlanBench.open();
const { over4, over6 } = bench;
const [first, second, third] = bench.topology.links;

for (const [name, tunnel] of [
  ['over IPv4', over4],
  ['over IPv6', over6],
] as const) {
  describe(`vxlan-input ${name}`, () => {
    afterEach(() => bench.write(tunnel));

    it('lets the frame enter the interface of its VNI, where it is routed on', () => {
      for (const packet of [inner4(tunnel), inner6(tunnel)]) {
        const { sent, ended } = bench.receive(tunnel, frameFrom(tunnel, packet));
        assert.deepEqual(ended, { sent: 1 });
        assert.equal(sent[0]?.port, first.port);
        assert.deepEqual(packetIn(sent[0]).subarray(9), forwarded(packet).subarray(9));
      }
    });

    it('counts the frame, without what was round it', () => {
      const stats = () => bench.topology.bench.view.getBigUint64(received(tunnel) + 8, true);
      const before = stats();
      const frame = frameFrom(tunnel, inner4(tunnel));
      bench.topology.receiveOnce(second, packetOf(tunnel, frame));
      assert.equal(stats() - before, BigInt(frame.length));
    });

    it('drops a datagram without the flag that says that it has a VNI', () => {
      assert.deepEqual(end(tunnel, { flags: 0xf7 }), { 'vxlan-no-vni': 1 });
    });

    it('does not look at what is reserved', () => {
      assert.deepEqual(end(tunnel, { flags: 0xff, reserved: 0xff }), { sent: 1 });
    });

    it('drops a VNI that no interface has, or has in another VRF', () => {
      assert.deepEqual(end(tunnel, { vni: tunnel.vni + 1 }), { 'vxlan-unknown-vni': 1 });
      bench.table.unbindVni(1, tunnel.vni);
      bench.table.bindVni(2, tunnel.vni, tunnel.id);
      assert.deepEqual(end(tunnel, {}), { 'vxlan-unknown-vni': 1 });
      bench.table.unbindVni(2, tunnel.vni);
      bench.table.bindVni(1, tunnel.vni, tunnel.id);
      assert.deepEqual(end(tunnel, {}), { sent: 1 });
    });

    it('drops what is too short for a frame', () => {
      assert.deepEqual(end(tunnel, { keep: 21 }), { 'vxlan-truncated': 1 });
      assert.deepEqual(end(tunnel, { keep: 0 }), { 'vxlan-truncated': 1 });
      const headers = tunnel === over4 ? 14 + 20 + 8 + 8 : 14 + 40 + 8 + 8;
      assert.deepEqual(end(tunnel, { segmentBytes: headers + 13 }), { 'vxlan-truncated': 1 });
    });

    it('takes a frame that lies in several segments', () => {
      const headers = tunnel === over4 ? 14 + 20 + 8 + 8 : 14 + 40 + 8 + 8;
      const packet = inner4(tunnel, 400);
      const { sent } = bench.receive(tunnel, frameFrom(tunnel, packet), { segmentBytes: headers + 60 });
      assert.deepEqual(packetIn(sent[0]).subarray(12), packet.subarray(12));
    });

    it('drops what is sent to another address or port of ours than the interface has', () => {
      const other = tunnel === over4 ? third.address4 : third.address6;
      assert.deepEqual(end(tunnel, { destination: other }), { 'vxlan-other-end': 1 });
      bench.takePort(8472);
      assert.deepEqual(end(tunnel, { port: 8472 }), { 'vxlan-other-end': 1 });
      bench.write(tunnel, { port: 8472 });
      assert.deepEqual(end(tunnel, { port: 8472 }), { sent: 1 });
    });

    it('drops what claims to come from its own end', () => {
      assert.deepEqual(end(tunnel, { source: tunnel.local }), { 'vxlan-own-source': 1 });
    });

    it('drops frames while the interface is down', () => {
      bench.writeInterface(tunnel, { flags: 0 });
      assert.deepEqual(end(tunnel, {}), { 'vxlan-down': 1 });
      bench.writeInterface(tunnel);
    });

    it('drops frames to other stations, as an Ethernet interface does', () => {
      const frame = frameFrom({ ...tunnel, mac: '02:00:00:00:77:77' }, inner4(tunnel));
      assert.deepEqual(bench.receive(tunnel, frame).ended, { 'ether-other-station': 1 });
    });

    for (const [outer, inner, becomes] of [
      [3, 2, 3],
      [3, 1, 3],
      [1, 2, 1],
      [1, 0, 0],
      [2, 1, 1],
      [0, 3, 3],
      [1, 3, 3],
    ] as const) {
      it(`takes congestion ${outer} of the outer header over into ${inner} as ${becomes}`, () => {
        for (const make of [inner4, inner6]) {
          const packet = make(tunnel, 8, 0xb8 | inner);
          const { sent } = bench.receive(tunnel, frameFrom(tunnel, packet), { tos: outer });
          const expected = forwarded(make(tunnel, 8, 0xb8 | becomes));
          assert.deepEqual(packetIn(sent[0]), expected);
        }
      });
    }

    it('drops what was congested on its way and cannot say so', () => {
      for (const packet of [inner4(tunnel), inner6(tunnel)]) {
        const { ended } = bench.receive(tunnel, frameFrom(tunnel, packet), { tos: 3 });
        assert.deepEqual(ended, { 'vxlan-congested': 1 });
      }
    });

    it('tells nothing of congestion to a packet of another version than its frame says', () => {
      const frame = frameFrom(tunnel, inner4(tunnel, 60));
      frame.set([0x86, 0xdd], 12);
      assert.deepEqual(bench.receive(tunnel, frame, { tos: 3 }).ended, { 'ip6-bad-header': 1 });
    });

    it('tells the control thread of far ends and stations that it does not know', () => {
      const source = tunnel === over4 ? '10.0.2.77' : '2001:db8:2::77';
      const frame = frameFrom(tunnel, inner4(tunnel));
      const [event, ...more] = bench.receive(tunnel, frame, { source }).events;
      assert.deepEqual(more, []);
      assert.equal(event?.stage, 'vxlan-input');
      assert.equal(event.iface, tunnel.id);
      assert.deepEqual([...event.data.subarray(16, 22)], [2, 0, 0, 0, tunnel.vni / 100, 0x99]);
      bench.station(tunnel, tunnel.station.mac, source);
      assert.deepEqual(bench.receive(tunnel, frame, { source }).events, []);
      assert.equal(bench.receive(tunnel, frame).events.length, 1, 'the station has moved');
    });

    it('says nothing of stations where a bridge keeps them, and names the far end to it', () => {
      bench.write(tunnel, { flags: VXLAN_READY | VXLAN_BRIDGED });
      assert.deepEqual(bench.receive(tunnel, frameFrom(tunnel, inner4(tunnel))).events, []);
    });
  });
}

function end(tunnel: Tunnel, options: Parameters<VxlanBench['receive']>[2]) {
  return bench.receive(tunnel, frameFrom(tunnel, inner4(tunnel)), options).ended;
}

function packetOf(tunnel: Tunnel, frame: Uint8Array): Uint8Array {
  const payload = new Uint8Array([8, 0, 0, 0, 0, tunnel.vni >> 8, tunnel.vni & 255, 0, ...frame]);
  const udp = udpDatagram({ source: 50000, destination: 4789 }, payload);
  const ends = { source: tunnel.remote, destination: tunnel.local };
  return tunnel === over4
    ? ipv4Packet({ ...ends, protocol: 17 }, udp)
    : ipv6Packet({ ...ends, nextHeader: 17 }, udp);
}

function inner4({ station }: Tunnel, bytes = 8, tos = 0): Uint8Array {
  const ends = { source: station.address4, destination: first.host.address4 };
  const payload = udpDatagram({ source: 1000, destination: 2000 }, new Uint8Array(bytes), ends);
  return ipv4Packet({ ...ends, protocol: 17, tos }, payload);
}

function inner6({ station }: Tunnel, bytes = 8, tos = 0): Uint8Array {
  const ends = { source: station.address6, destination: first.host.address6 };
  const payload = udpDatagram({ source: 1000, destination: 2000 }, new Uint8Array(bytes), ends);
  return ipv6Packet({ ...ends, nextHeader: 17, trafficClass: tos }, payload);
}

/** The packet with one taken from its time to live. */
function forwarded(packet: Uint8Array): Uint8Array {
  const after = packet.slice();
  const is4 = (packet[0] ?? 0) >> 4 === 4;
  after[is4 ? 8 : 7] = 63;
  if (is4) {
    const view = new DataView(after.buffer);
    const sum = view.getUint16(10) + 0x100;
    view.setUint16(10, (sum & 0xffff) + (sum >> 16));
  }
  return after;
}

function received({ id }: Tunnel): number {
  const { bench: scratch } = bench.topology;
  return WORKER_AREAS + scratch.region('INTERFACE_STATS_OFFSET') + id * INTERFACE_RECORD_BYTES;
}

const WORKER_AREAS = 0x100000;
