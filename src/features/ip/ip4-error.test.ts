import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checksum } from '../../net/checksum.ts';
import { type Ipv4Fields, icmpMessage, ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { INTERFACE_RECORD_BYTES } from '../interface/layout.ts';
import { packetIn, Topology } from './testing/topology.ts';

const topology = await Topology.open();
const [first, second] = topology.links;

describe('ip4-error', () => {
  it('quotes as much of the packet as fits 576 bytes', () => {
    for (const bytes of [0, 100, 519, 520, 521, 1400]) {
      for (const segmentBytes of [4000, 50, 61]) {
        const expired = packet({ ttl: 1 }, bytes);
        const { sent } = topology.receive(first, expired, { segmentBytes });
        const error = packetIn(sent[0]);
        assert.ok(error.length <= 576);
        assert.deepEqual(error.subarray(28), expired.subarray(0, 548));
        assert.equal(checksum(error.subarray(0, 20)), 0);
        assert.equal(checksum(error.subarray(20)), 0);
      }
    }
  });

  it('quotes options', () => {
    const expired = packet({ ttl: 1, options: Uint8Array.of(148, 4, 0, 0) }, 10);
    assert.deepEqual(packetIn(topology.receive(first, expired).sent[0]).subarray(28), expired);
  });

  it('says how large a packet that must not be fragmented may be', () => {
    topology.route('198.51.100.0/24', topology.neighbor(second, { mtu: 1000 }));
    const large = packet({ destination: '198.51.100.1', dontFragment: true, ttl: 9 }, 973);
    const { sent, ended } = topology.receive(first, large);
    assert.deepEqual(ended, { sent: 1, 'ip4-too-big': 1 });
    const forwarded = packet({ destination: '198.51.100.1', dontFragment: true, ttl: 8 }, 973);
    const expected = ipv4Packet(
      { source: first.address4, destination: first.host.address4, protocol: 1, tos: 0xc0 },
      icmpMessage({ type: 3, code: 4, rest: 1000 }, forwarded.subarray(0, 548)),
    );
    assert.deepEqual(packetIn(sent[0]), expected);
    const fits = packet({ destination: '198.51.100.1', dontFragment: true }, 972);
    assert.deepEqual(topology.receive(first, fits).ended, { sent: 1 });
  });

  it('says nothing about errors and what may be one', () => {
    for (const type of [3, 4, 5, 11, 12, 1, 77]) {
      const { ended } = topology.receive(first, icmp({ ttl: 1 }, type));
      assert.deepEqual(ended, { 'ip4-ttl-exceeded': 1 }, `type ${type}`);
    }
    for (const type of [0, 8]) {
      assert.deepEqual(topology.receive(first, icmp({ ttl: 1 }, type)).ended, {
        sent: 1,
        'ip4-ttl-exceeded': 1,
      });
    }
  });

  it('says nothing about fragments but the first', () => {
    const later = packet({ ttl: 1, fragmentOffset: 64 }, 10);
    assert.deepEqual(topology.receive(first, later).ended, { 'ip4-ttl-exceeded': 1 });
    const start = packet({ ttl: 1, moreFragments: true }, 10);
    assert.deepEqual(topology.receive(first, start).ended, { sent: 1, 'ip4-ttl-exceeded': 1 });
  });

  it('says nothing about what many have received', () => {
    const toGroup = packet({ destination: '224.0.0.9' }, 10);
    const { ended } = topology.receive(first, toGroup, { destination: '01:00:5e:00:00:09' });
    assert.deepEqual(ended, { 'ip4-protocol-unreachable': 1 });
  });

  it('drops under its reason without an address to speak from', () => {
    const address = topology.bench.region('INTERFACES') + first.id * INTERFACE_RECORD_BYTES + 24;
    const before = topology.bench.view.getUint32(address, true);
    topology.bench.view.setUint32(address, 0, true);
    const { ended } = topology.receive(first, packet({ destination: '192.0.2.1' }, 10));
    assert.deepEqual(ended, { 'ip4-no-route': 1 });
    const { sent } = topology.receive(first, packet({ ttl: 1 }, 10));
    assert.deepEqual(
      packetIn(sent[0]).subarray(12, 16),
      Uint8Array.of(10, 0, 2, 1),
      'address of the way out',
    );
    topology.bench.view.setUint32(address, before, true);
  });

  it('tells what others have found out: no neighbour answers, nobody takes the port', () => {
    for (const [code, drop] of [
      [1, 'ip4-host-unreachable'],
      [3, 'ip4-port-unreachable'],
    ] as const) {
      const given = { iface: first.id, vrf: 1, note: (3 << 8) | code };
      const { sent, ended } = topology.bench.inject('ip4-error', packet({}, 10), given);
      assert.deepEqual(ended, { sent: 1, [drop]: 1 });
      assert.deepEqual(packetIn(sent[0]).subarray(20, 22), Uint8Array.of(3, code));
    }
  });

  it('sends no more errors than the limit allows', async () => {
    const limited = await Topology.open();
    limited.limitErrors({ perSecond: 100, atOnce: 10 });
    assert.deepEqual(expire(limited, 30), { sent: 10, 'ip4-ttl-exceeded': 10, 'ip4-error-limit': 20 });
    limited.bench.clock += 50_000_000n;
    assert.deepEqual(expire(limited, 30), { sent: 5, 'ip4-ttl-exceeded': 5, 'ip4-error-limit': 25 });
    limited.bench.clock += 10_000_000_000n;
    assert.deepEqual(expire(limited, 30), { sent: 10, 'ip4-ttl-exceeded': 10, 'ip4-error-limit': 20 });
  });

  it('drops under its reason when there are no buffers left', () => {
    const expired = packet({ ttl: 1 }, 10);
    const given = topology.bench.starve(0, () => topology.receiveOnce(first, expired).ended);
    assert.deepEqual(given, { 'ip4-ttl-exceeded': 1 });
  });
});

function packet(fields: Partial<Ipv4Fields>, bytes: number): Uint8Array {
  const ends = { source: first.host.address4, destination: second.host.address4 };
  const payload = Uint8Array.from({ length: bytes }, (_, i) => i * 3);
  return ipv4Packet(
    { ...ends, protocol: 17, ...fields },
    udpDatagram({ source: 1, destination: 2 }, payload),
  );
}

function icmp(fields: Partial<Ipv4Fields>, type: number): Uint8Array {
  const ends = { source: first.host.address4, destination: second.host.address4 };
  return ipv4Packet({ ...ends, protocol: 1, ...fields }, icmpMessage({ type }, new Uint8Array(16)));
}

/** Lets packets expire one by one; tells what became of all of them. */
function expire(on: Topology, packets: number): Readonly<Record<string, number>> {
  const total: Record<string, number> = {};
  for (let i = 0; i < packets; i++) {
    const { ended } = on.receiveOnce(on.links[0], packet({ ttl: 1 }, 10));
    for (const [name, count] of Object.entries(ended)) total[name] = (total[name] ?? 0) + count;
  }
  return total;
}
