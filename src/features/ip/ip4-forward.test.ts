import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { checksum } from '../../net/checksum.ts';
import { type Ipv4Fields, icmpMessage, ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { decodeFrame, decodePacket } from '../../net/frame/decode.ts';
import { INTERFACE_RECORD_BYTES } from '../interface/layout.ts';
import { packetIn, Topology } from './testing/topology.ts';

const topology = await Topology.open();
const [first, second, third] = topology.links;
const groupStages = { stage4: 'ip4-group', stage6: 'ip6-group' } as const;

describe('ip4-forward', () => {
  it('takes one from the time to live and keeps the checksum right, whatever it was', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 255 }),
        fc.nat(65535),
        fc.nat(255),
        (ttl, identification, tos) => {
          const { sent } = topology.receive(first, datagram({ ttl, identification, tos }));
          assert.deepEqual(packetIn(sent[0]), datagram({ ttl: ttl - 1, identification, tos }));
        },
      ),
    );
  });

  it('sends to the next hop with the addresses of its link', () => {
    topology.route('198.51.100.0/24', topology.neighbor(third, { mac: '02:00:00:00:09:09' }));
    const { sent } = topology.receive(first, datagram({ destination: '198.51.100.7' }));
    assert.equal(sent[0]?.port, third.port);
    assert.deepEqual(decodeFrame(sent[0].bytes)[0], {
      layer: 'ether',
      destination: '02:00:00:00:09:09',
      source: third.mac,
      etherType: 0x0800,
    });
  });

  it('hands packets to unknown neighbours to the control thread', () => {
    const packet = datagram({ destination: '10.0.2.77' });
    const { ended, events } = topology.receive(first, packet);
    assert.deepEqual(ended, { punted: 1 });
    assert.equal(events[0]?.stage, 'neighbor-hold');
    assert.deepEqual(events[0].packet, datagram({ destination: '10.0.2.77', ttl: 63 }));
  });

  it('drops what came in a frame to everyone', () => {
    const outcome = topology.receive(first, datagram({}), { destination: 'ff:ff:ff:ff:ff:ff' });
    assert.deepEqual(outcome.ended, { 'ip4-link-multicast': 1 });
    const toUs = topology.receive(first, datagram({ destination: first.address4 }), {
      destination: '01:00:5e:00:00:01',
    });
    assert.deepEqual(toUs.ended, { 'ip4-link-multicast': 1 });
  });

  it('tells the sender when the time to live runs out', () => {
    for (const ttl of [0, 1]) {
      const packet = datagram({ ttl });
      const { sent, ended } = topology.receive(first, packet);
      assert.deepEqual(ended, { sent: 1, 'ip4-ttl-exceeded': 1 });
      assert.deepEqual(packetIn(sent[0]), error({ type: 11 }, packet));
    }
  });

  it('drops into a blackhole without a word', () => {
    topology.route('203.0.113.0/24', topology.nextHop({ stage4: 'ip-blackhole', stage6: 'ip-blackhole' }));
    assert.deepEqual(topology.receive(first, datagram({ destination: '203.0.113.1' })).ended, {
      blackhole: 1,
    });
  });

  it('refuses what no route leads to', () => {
    const packet = datagram({ destination: '192.0.2.1' });
    const { sent, ended } = topology.receive(first, packet);
    assert.deepEqual(ended, { sent: 1, 'ip4-no-route': 1 });
    assert.deepEqual(packetIn(sent[0]), error({ type: 3, code: 0 }, packet));
  });

  it('refuses what a route refuses', () => {
    topology.route('203.0.113.128/25', topology.nextHop({ stage4: 'ip4-reject', stage6: 'ip6-reject' }));
    const packet = datagram({ destination: '203.0.113.129' });
    const { sent, ended } = topology.receive(first, packet);
    assert.deepEqual(ended, { sent: 1, 'ip4-rejected': 1 });
    assert.deepEqual(packetIn(sent[0]), error({ type: 3, code: 13 }, packet));
  });

  it('drops what could not be sent because the interface is down', () => {
    const flags = topology.bench.region('INTERFACES') + second.id * INTERFACE_RECORD_BYTES;
    topology.bench.view.setUint32(flags, 0, true);
    assert.deepEqual(topology.receive(first, datagram({})).ended, { 'output-down': 1 });
    topology.bench.view.setUint32(flags, 1, true);
  });
});

describe('IPv4 options on the way', () => {
  it('forwards options that ask nothing of a router', () => {
    const routerAlert = Uint8Array.of(148, 4, 0, 0);
    const timestamp = Uint8Array.of(68, 12, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const unknown = Uint8Array.of(0x5e, 3, 9, 1, 0x9e, 2);
    for (const options of [routerAlert, timestamp, unknown, Uint8Array.of(1, 1, 0, 0x77)]) {
      const { sent } = topology.receive(first, datagram({ options, ttl: 8 }));
      assert.deepEqual(packetIn(sent[0]), datagram({ options, ttl: 7 }));
    }
  });

  it('records the route with the address of the way out', () => {
    const empty = Uint8Array.of(7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0);
    const recorded = Uint8Array.of(7, 11, 8, 10, 0, 2, 1, 0, 0, 0, 0);
    const full = Uint8Array.of(7, 11, 12, 10, 0, 2, 1, 10, 0, 2, 1);
    for (const [options, expected] of [
      [empty, recorded],
      [recorded, full],
      [full, full],
    ] as const) {
      const { sent } = topology.receive(first, datagram({ options, ttl: 8 }));
      assert.deepEqual(packetIn(sent[0]), datagram({ options: expected, ttl: 7 }));
      assert.equal(checksum(packetIn(sent[0]).subarray(0, 32)), 0);
    }
  });

  it('leaves a record route that points nowhere alone', () => {
    for (const pointer of [0, 1, 3, 9, 10, 255]) {
      const options = Uint8Array.of(7, 11, pointer, 0, 0, 0, 0, 0, 0, 0, 0);
      const { sent } = topology.receive(first, datagram({ options, ttl: 8 }));
      assert.deepEqual(packetIn(sent[0]), datagram({ options, ttl: 7 }));
    }
  });

  it('drops packets that are routed by their sender, on the way and at the end', () => {
    for (const type of [131, 137]) {
      const options = Uint8Array.of(1, type, 7, 4, 10, 0, 3, 2);
      for (const destination of [second.host.address4, first.address4]) {
        const { ended } = topology.receive(first, datagram({ options, destination }));
        assert.deepEqual(ended, { 'ip4-source-route': 1 });
      }
    }
  });

  it('points the sender to a malformed option', () => {
    const malformed: readonly (readonly [number, Uint8Array])[] = [
      [20, Uint8Array.of(7, 0, 0, 0)],
      [20, Uint8Array.of(7, 1, 4, 0)],
      [20, Uint8Array.of(7, 5, 4, 0)],
      [21, Uint8Array.of(1, 68, 200, 0)],
      [23, Uint8Array.of(1, 1, 1, 148)],
    ];
    for (const [pointer, options] of malformed) {
      const { sent, ended } = topology.receive(first, datagram({ options, ttl: 8 }));
      assert.deepEqual(ended, { sent: 1, 'ip4-bad-option': 1 });
      assert.deepEqual(
        packetIn(sent[0]),
        error({ type: 12, rest: pointer * 2 ** 24 }, datagram({ options, ttl: 8 })),
      );
    }
  });
});

describe('ip4-group', () => {
  const members = [topology.neighbor(second), topology.neighbor(third)] as const;
  const [toSecond, toThird] = members;

  it('keeps a flow on one member and spreads flows over all', () => {
    const slots = [toSecond, toThird, toSecond, toThird];
    topology.route('198.18.0.0/16', topology.nextHop({ ...groupStages, members: slots }));
    const ports = Array.from({ length: 200 }, (_, flow) => portOf(1024 + flow));
    const onSecond = ports.filter((port) => port === second.port).length;
    assert.ok(onSecond > 60 && onSecond < 140, `${onSecond} of 200 flows took the first member`);
    assert.deepEqual(
      ports,
      Array.from({ length: 200 }, (_, flow) => portOf(1024 + flow)),
    );
  });

  it('moves only the flows of a member that changes', () => {
    const before = [toSecond, toThird, toSecond, toThird];
    const after = [toSecond, toThird, toSecond, toSecond];
    topology.route('198.18.0.0/16', topology.nextHop({ ...groupStages, members: before }));
    const first200 = Array.from({ length: 200 }, (_, flow) => portOf(flow));
    topology.route('198.18.0.0/16', topology.nextHop({ ...groupStages, members: after }));
    const moved = first200
      .map((port, flow) => [port, portOf(flow)] as const)
      .filter(([was, is]) => was !== is);
    assert.ok(moved.length > 20 && moved.length < 80, `${moved.length} of 200 flows moved`);
    assert.ok(moved.every(([was]) => was === third.port));
  });

  it('sends all fragments of a datagram the same way', () => {
    const slots = Array.from({ length: 64 }, (_, i) => (i % 2 ? toSecond : toThird));
    topology.route('198.18.0.0/16', topology.nextHop({ ...groupStages, members: slots }));
    for (let flow = 0; flow < 50; flow++) {
      const source = `10.9.0.${flow}`;
      const start = portOf(flow, { source, moreFragments: true });
      assert.equal(portOf(flow + 1, { source, fragmentOffset: 8 }), start);
    }
  });

  it('drops when it is empty', () => {
    topology.route('198.18.0.0/16', topology.nextHop(groupStages));
    const { ended } = topology.receive(first, datagram({ destination: '198.18.0.1' }));
    assert.deepEqual(ended, { 'group-empty': 1 });
  });

  function portOf(sourcePort: number, fields: Partial<Ipv4Fields> = {}): number | undefined {
    const packet = datagram({ destination: '198.18.0.1', ...fields }, sourcePort);
    return topology.receiveOnce(first, packet).sent[0]?.port;
  }
});

function datagram(fields: Partial<Ipv4Fields>, sourcePort = 1000): Uint8Array {
  const ends = { source: first.host.address4, destination: second.host.address4 };
  const payload = udpDatagram({ source: sourcePort, destination: 2000 }, Uint8Array.of(1, 2, 3));
  return ipv4Packet({ ...ends, protocol: 17, ...fields }, payload);
}

/** The ICMP error about a packet, field by field. */
function error(
  icmp: { readonly type: number; readonly code?: number; readonly rest?: number },
  about: Uint8Array,
): Uint8Array {
  const [ip] = decodePacket(about);
  assert.ok(ip?.layer === 'ipv4');
  const header = { source: first.address4, destination: ip.source, protocol: 1, tos: 0xc0 };
  return ipv4Packet(header, icmpMessage(icmp, about));
}
