import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Ipv6Fields, ipv6Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { packetIn, Topology } from './testing/topology.ts';

const topology = await Topology.open();
const [first, second] = topology.links;
const group = { destination: '33:33:00:00:00:01' };

describe('ip6-input', () => {
  it('forwards a packet of every length, without its padding', () => {
    for (const length of [0, 1, 7, 100, 1452]) {
      for (const padding of [0, 1, 30]) {
        const received = joinBytes(datagram({ hopLimit: 9 }, length), new Uint8Array(padding).fill(0xee));
        const { sent, ended } = topology.receive(first, received);
        assert.deepEqual(ended, { sent: 1 });
        assert.deepEqual(packetIn(sent[0]), datagram({ hopLimit: 8 }, length));
      }
    }
  });

  it('takes padding off chained buffers, whole buffers of it too', () => {
    for (const segmentBytes of [60, 64, 71, 128]) {
      for (const padding of [1, 13, 64, 200]) {
        const received = joinBytes(datagram({ hopLimit: 9 }, 100), new Uint8Array(padding));
        const { sent } = topology.receive(first, received, { segmentBytes });
        assert.deepEqual(packetIn(sent[0]), datagram({ hopLimit: 8 }, 100));
      }
    }
  });

  it('drops a packet cut at any length', () => {
    const packet = datagram({}, 8);
    for (let length = 1; length < packet.length; length++) {
      const expected = length < 40 ? 'ip6-truncated' : 'ip6-bad-length';
      assert.deepEqual(topology.receive(first, packet.subarray(0, length)).ended, { [expected]: 1 });
    }
  });

  it('drops another version', () => {
    const frame = datagram({}, 8);
    for (const version of [0, 5, 7, 15]) {
      const { ended } = topology.bench.inject('ip6-input', frame.with(0, version << 4), { vrf: 1 });
      assert.deepEqual(ended, { 'ip6-bad-header': 1 });
    }
  });

  it('drops martian sources', () => {
    const martians = ['::', '::1', 'ff02::1', 'ff0e::1', '::ffff:10.0.0.1'];
    for (const source of martians) {
      const { ended } = topology.receive(first, datagram({ source }, 8));
      assert.deepEqual(ended, { 'ip6-martian-source': 1 }, source);
    }
  });

  it('drops martian destinations', () => {
    for (const destination of ['::', '::1', '::ffff:10.0.2.2', 'ff00::1', 'ff01::1']) {
      const { ended } = topology.receive(first, datagram({ destination }, 8));
      assert.deepEqual(ended, { 'ip6-martian-destination': 1 }, destination);
    }
  });

  it('forwards to and from other unusual addresses', () => {
    topology.route('::/0', topology.neighbor(second));
    for (const address of [
      '64:ff9b::1',
      '::2',
      'fc00::1',
      'fdff::1',
      'fe00::1',
      'fec0::1',
      '1::',
      '0:0:0:1::',
    ]) {
      assert.deepEqual(topology.receive(first, datagram({ source: address }, 8)).ended, { sent: 1 }, address);
      const { ended } = topology.receive(first, datagram({ destination: address }, 8));
      assert.deepEqual(ended, { sent: 1 }, address);
    }
  });

  it('never forwards to a link-local address, and takes only its own', () => {
    for (const destination of ['fe80::77', 'febf::1', second.linkLocal]) {
      const { ended } = topology.receive(first, datagram({ destination }, 8));
      assert.deepEqual(ended, { 'ip6-link-local-destination': 1 }, destination);
    }
    topology.take('protocol6', 17, 'ip-blackhole');
    const { ended } = topology.receive(first, datagram({ destination: first.linkLocal }, 8));
    assert.deepEqual(ended, { blackhole: 1 });
    topology.take('protocol6', 17, undefined);
  });

  it('listens to the groups of the link and routes no others', () => {
    topology.take('protocol6', 17, 'ip-blackhole');
    for (const destination of ['ff02::1', 'ff02::2', 'ff02::5', 'ff12::99', 'ff02::1:ff00:1']) {
      const { ended } = topology.receive(first, datagram({ destination }, 8), group);
      assert.deepEqual(ended, { blackhole: 1 }, destination);
    }
    for (const destination of ['ff03::1', 'ff05::2', 'ff0e::1', 'ff3e::1']) {
      const { ended } = topology.receive(first, datagram({ destination }, 8), group);
      assert.deepEqual(ended, { 'ip6-multicast-not-routed': 1 }, destination);
    }
    topology.take('protocol6', 17, undefined);
  });

  it('listens to stations that have no address yet', () => {
    topology.take('protocol6', 17, 'ip-blackhole');
    const packet = datagram({ source: '::', destination: 'ff02::16' }, 8);
    assert.deepEqual(topology.receive(first, packet, group).ended, { blackhole: 1 });
    topology.take('protocol6', 17, undefined);
  });
});

function datagram(fields: Partial<Ipv6Fields>, payloadBytes: number): Uint8Array {
  const ends = { source: first.host.address6, destination: second.host.address6 };
  const payload = Uint8Array.from({ length: payloadBytes }, (_, i) => i);
  const body = udpDatagram({ source: 1000, destination: 2000 }, payload);
  return ipv6Packet({ ...ends, nextHeader: 17, ...fields }, body);
}
