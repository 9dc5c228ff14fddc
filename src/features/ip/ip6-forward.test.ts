import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type IcmpFields,
  type Ipv6Fields,
  icmpv6Message,
  ipv6Fragment,
  ipv6Options,
  ipv6Packet,
  joinBytes,
  tcpSegment,
  transportChecksum,
  udpDatagram,
} from '../../net/frame/build.ts';
import { decodeFrame, decodePacket } from '../../net/frame/decode.ts';
import { packetIn, Topology } from './testing/topology.ts';

const topology = await Topology.open();
const [first, second, third] = topology.links;
const ends = { source: first.host.address6, destination: second.host.address6 };
const payload = bytesOf(16);
const groupStages = { stage4: 'ip4-group', stage6: 'ip6-group' } as const;

describe('ip6-forward', () => {
  it('takes one from the hop limit and leaves all else alone', () => {
    for (const hopLimit of [2, 64, 255]) {
      const fields = { trafficClass: 0xb8, flowLabel: 0xabcde };
      const { sent } = topology.receive(first, datagram({ ...fields, hopLimit }));
      assert.deepEqual(packetIn(sent[0]), datagram({ ...fields, hopLimit: hopLimit - 1 }));
    }
  });

  it('sends to the next hop with the addresses of its link', () => {
    topology.route('2001:db8:77::/48', topology.neighbor(third, { mac: '02:00:00:00:09:09' }));
    const { sent } = topology.receive(first, datagram({ destination: '2001:db8:77::7' }));
    assert.equal(sent[0]?.port, third.port);
    assert.deepEqual(decodeFrame(sent[0].bytes)[0], {
      layer: 'ether',
      destination: '02:00:00:00:09:09',
      source: third.mac,
      etherType: 0x86dd,
    });
  });

  it('does not look at extension headers', () => {
    const options = ipv6Options(60, Uint8Array.of(0xc5, 1, 0));
    const body = joinBytes(options, ipv6Options(17, Uint8Array.of(0x45, 0)), new Uint8Array(8));
    const packet = (hopLimit: number) => ipv6Packet({ ...ends, nextHeader: 0, hopLimit }, body);
    assert.deepEqual(packetIn(topology.receive(first, packet(9)).sent[0]), packet(8));
  });

  it('hands packets to unknown neighbours to the control thread', () => {
    const destination = '2001:db8:2::77';
    const { ended, events } = topology.receive(first, datagram({ destination, hopLimit: 9 }));
    assert.deepEqual(ended, { punted: 1 });
    assert.equal(events[0]?.stage, 'neighbor-hold');
    assert.deepEqual(events[0].packet, datagram({ destination, hopLimit: 8 }));
  });

  it('drops what came in a frame to many', () => {
    const group = { destination: '33:33:00:00:00:01' };
    for (const destination of [second.host.address6, first.address6]) {
      const { ended } = topology.receive(first, datagram({ destination }), group);
      assert.deepEqual(ended, { 'ip6-link-multicast': 1 });
    }
  });

  it('tells the sender when the hop limit runs out', () => {
    for (const hopLimit of [0, 1]) {
      const packet = datagram({ hopLimit });
      const { sent, ended } = topology.receive(first, packet);
      assert.deepEqual(ended, { sent: 1, 'ip6-hop-limit-exceeded': 1 });
      assert.deepEqual(packetIn(sent[0]), error({ type: 3 }, packet));
    }
  });

  it('keeps link-local senders on their link', () => {
    const source = 'fe80::aa';
    const packet = datagram({ source });
    const { ended, events } = topology.receive(first, packet);
    assert.deepEqual(ended, { 'ip6-link-local-source': 1, punted: 1 });
    const expected = error({ type: 1, code: 2 }, packet, { source: first.linkLocal, destination: source });
    assert.deepEqual(events[0]?.packet, expected);
  });

  it('drops into a blackhole without a word', () => {
    topology.route('2001:db8:b::/48', topology.nextHop({ stage4: 'ip-blackhole', stage6: 'ip-blackhole' }));
    const { ended } = topology.receive(first, datagram({ destination: '2001:db8:b::1' }));
    assert.deepEqual(ended, { blackhole: 1 });
  });

  it('refuses what no route leads to, and what a route refuses', () => {
    topology.route('2001:db8:a::/48', topology.nextHop({ stage4: 'ip4-reject', stage6: 'ip6-reject' }));
    for (const [destination, code, drop] of [
      ['3fff::1', 0, 'ip6-no-route'],
      ['2001:db8:a::1', 1, 'ip6-rejected'],
    ] as const) {
      const packet = datagram({ destination });
      const { sent, ended } = topology.receive(first, packet);
      assert.deepEqual(ended, { sent: 1, [drop]: 1 });
      assert.deepEqual(packetIn(sent[0]), error({ type: 1, code }, packet));
    }
  });

  it('tells the sender of a packet that is too big, and quotes what fits 1280 bytes', () => {
    topology.route('2001:db8:c::/48', topology.neighbor(second, { mtu: 1400 }));
    const packet = (hopLimit: number, bytes: number) =>
      datagram({ destination: '2001:db8:c::1', hopLimit }, 1000, bytes);
    assert.deepEqual(topology.receive(first, packet(9, 1352)).ended, { sent: 1 });
    for (const segmentBytes of [4000, 100, 111]) {
      const { sent, ended } = topology.receive(first, packet(9, 1353), { segmentBytes });
      assert.deepEqual(ended, { sent: 1, 'ip6-too-big': 1 });
      const quoted = packet(8, 1353).subarray(0, 1280 - 48);
      assert.deepEqual(packetIn(sent[0]), error({ type: 2, rest: 1400 }, quoted));
    }
  });
});

describe('ip6-error', () => {
  it('says nothing about errors and redirects', () => {
    for (const type of [1, 2, 3, 4, 100, 127, 137]) {
      assert.deepEqual(topology.receive(first, icmp(type)).ended, { 'ip6-hop-limit-exceeded': 1 });
    }
    for (const type of [128, 129, 135, 200]) {
      assert.deepEqual(topology.receive(first, icmp(type)).ended, { sent: 1, 'ip6-hop-limit-exceeded': 1 });
    }
  });

  it('finds an error behind extension headers', () => {
    const message = joinBytes(ipv6Options(58, new Uint8Array(0)), icmpv6Message({ type: 1 }, payload, ends));
    const packet = ipv6Packet({ ...ends, nextHeader: 60, hopLimit: 1 }, message);
    assert.deepEqual(topology.receive(first, packet).ended, { 'ip6-hop-limit-exceeded': 1 });
  });

  it('says nothing about what may be an error, its type or extension headers in a later buffer', () => {
    const extended = joinBytes(ipv6Options(58, new Uint8Array(0)), icmpv6Message({ type: 1 }, payload, ends));
    const behind = ipv6Packet({ ...ends, nextHeader: 60, hopLimit: 1 }, extended);
    for (const [packet, segmentBytes] of [
      [icmp(1), 54],
      [behind, 54],
      [behind, 62],
    ] as const) {
      const { ended } = topology.receive(first, packet, { segmentBytes });
      assert.deepEqual(ended, { 'ip6-hop-limit-exceeded': 1 });
    }
  });

  it('says nothing to a group, and nothing about one', () => {
    const toGroup = ipv6Packet(
      { source: first.host.address6, destination: 'ff02::9', nextHeader: 99 },
      payload,
    );
    const { ended } = topology.receive(first, toGroup, { destination: '33:33:00:00:00:09' });
    assert.deepEqual(ended, { 'ip6-unknown-next-header': 1 });
  });

  it('tells what others have found out: no neighbour answers, nobody takes the port', () => {
    for (const [code, drop] of [
      [3, 'ip6-host-unreachable'],
      [4, 'ip6-port-unreachable'],
    ] as const) {
      const given = { iface: first.id, vrf: 1, note: (1 << 8) | code };
      const { sent, ended } = topology.bench.inject('ip6-error', datagram({}), given);
      assert.deepEqual(ended, { sent: 1, [drop]: 1 });
      assert.deepEqual(packetIn(sent[0]), error({ type: 1, code }, datagram({})));
    }
  });

  it('sends no more errors than the limit allows, which both families share', async () => {
    const limited = await Topology.open();
    limited.limitErrors({ perSecond: 10, atOnce: 2 });
    const [link] = limited.links;
    const outcomes = [1, 2, 3].map(() => limited.receiveOnce(link, datagram({ hopLimit: 1 })).ended);
    const sent = { sent: 1, 'ip6-hop-limit-exceeded': 1 };
    assert.deepEqual(outcomes, [sent, sent, { 'ip6-error-limit': 1 }]);
  });

  it('drops under its reason without buffers or an address to speak from', () => {
    const expired = datagram({ hopLimit: 1 });
    const reason = { 'ip6-hop-limit-exceeded': 1 };
    assert.deepEqual(
      topology.bench.starve(0, () => topology.receiveOnce(first, expired).ended),
      reason,
    );
    const memory = new Uint8Array(topology.bench.memory.buffer);
    const records = [first, second].map((link) => topology.bench.region('INTERFACE_RESTS') + link.id * 64);
    const addresses = records.map((record) => memory.slice(record, record + 16));
    for (const record of records) memory.fill(0, record, record + 16);
    assert.deepEqual(topology.receive(first, expired).ended, reason);
    addresses.forEach((address, i) => {
      memory.set(address, records[i]);
    });
  });
});

describe('ip6-group', () => {
  const [toSecond, toThird] = [topology.neighbor(second), topology.neighbor(third)];
  const slots = Array.from({ length: 64 }, (_, i) => (i % 2 ? toSecond : toThird));
  topology.route('2001:db8:99::/48', topology.nextHop({ ...groupStages, members: slots }));
  topology.route('2001:db8:98::/48', topology.nextHop(groupStages));

  it('spreads flows without a label by their ports', () => {
    const ports = new Set(Array.from({ length: 64 }, (_, flow) => portOf({}, flow)));
    assert.deepEqual(ports, new Set([second.port, third.port]));
    assert.equal(portOf({}, 5), portOf({ hopLimit: 3, trafficClass: 8 }, 5));
  });

  it('spreads flows with a label by it, whatever the ports', () => {
    const labels = Array.from({ length: 64 }, (_, flow) => portOf({ flowLabel: flow + 1 }, 0));
    assert.deepEqual(new Set(labels), new Set([second.port, third.port]));
    assert.deepEqual(
      labels,
      Array.from({ length: 64 }, (_, flow) => portOf({ flowLabel: flow + 1 }, flow)),
    );
  });

  it('sends all fragments of a packet the same way', () => {
    for (let flow = 0; flow < 20; flow++) {
      const parts = [0, 8, 16].map((offset) => {
        const header = ipv6Fragment({ nextHeader: 17, offset, more: true, identification: flow });
        const body = joinBytes(header, Uint8Array.of(flow, offset, 0, 0, 0, 0, 0, 0));
        const source = `2001:db8:1::${flow + 16}`;
        const packet = ipv6Packet({ source, destination: '2001:db8:99::1', nextHeader: 44 }, body);
        return topology.receiveOnce(first, packet).sent[0]?.port;
      });
      assert.equal(new Set(parts).size, 1);
    }
  });

  it('drops when it is empty', () => {
    const { ended } = topology.receive(first, datagram({ destination: '2001:db8:98::1' }));
    assert.deepEqual(ended, { 'group-empty': 1 });
  });

  function portOf(fields: Partial<Ipv6Fields>, sourcePort: number): number | undefined {
    const packet = datagram({ destination: '2001:db8:99::1', ...fields }, sourcePort);
    return topology.receiveOnce(first, packet).sent[0]?.port;
  }
});

describe('ip6-send', () => {
  const toHost = { source: first.address6, destination: first.host.address6 };
  const ping = ipv6Packet(
    { ...toHost, nextHeader: 58, hopLimit: 1 },
    icmpv6Message({ type: 128 }, new Uint8Array(8), toHost),
  );

  it('sends a packet of our own with the hop limit it has', () => {
    const { sent } = topology.bench.inject('ip6-send', ping, { vrf: 1 });
    assert.equal(sent[0]?.port, first.port);
    assert.deepEqual(packetIn(sent[0]), ping);
  });

  it('drops what is no IPv6 packet', () => {
    const cases: readonly (readonly [string, Uint8Array])[] = [
      ['ip6-truncated', ping.subarray(0, 39)],
      ['ip6-bad-length', ping.subarray(0, 40)],
      ['ip6-bad-length', ping.subarray(0, ping.length - 1)],
      ['ip6-bad-header', ping.with(0, 0x45)],
    ];
    for (const [name, bytes] of cases) {
      assert.deepEqual(topology.bench.inject('ip6-send', bytes, { vrf: 1 }).ended, { [name]: 1 });
    }
  });

  it('needs an interface for a link-local address', () => {
    const packet = ipv6Packet({ source: first.linkLocal, destination: 'fe80::99', nextHeader: 59 }, payload);
    assert.deepEqual(topology.bench.inject('ip6-send', packet, { vrf: 1 }).ended, { 'ip6-no-link': 1 });
    const { ended, events } = topology.bench.inject('ip6-send', packet, { vrf: 1, output: second.id });
    assert.deepEqual(ended, { punted: 1 });
    assert.equal(events[0]?.stage, 'neighbor-hold');
  });

  it('reaches our own link-local address', () => {
    const own = { source: second.linkLocal, destination: second.linkLocal };
    const packet = ipv6Packet(
      { ...own, nextHeader: 58 },
      icmpv6Message({ type: 128 }, new Uint8Array(8), own),
    );
    const { ended, events } = topology.bench.inject('ip6-send', packet, { vrf: 1, output: second.id });
    assert.deepEqual(ended, { punted: 1 });
    const [, icmp] = decodePacket(events[0]?.packet ?? new Uint8Array(0));
    assert.ok(icmp?.layer === 'icmpv6');
    assert.equal(icmp.type, 129);
  });
});

describe('ip6-fragment', () => {
  const toFar = { source: first.address6, destination: '2001:db8:f::1' };

  it('cuts a packet of our own behind the headers that every fragment repeats', () => {
    topology.route('2001:db8:f::/48', topology.neighbor(second, { mtu: 1280 }));
    const segment = tcpSegment({ source: 1, destination: 2 }, bytesOf(2500), toFar);
    const destination = ipv6Options(6, Uint8Array.of(4, 1, 0));
    const packet = ipv6Packet(
      { ...toFar, nextHeader: 0, hopLimit: 33, flowLabel: 5 },
      joinBytes(ipv6Options(60, new Uint8Array(0)), destination, segment),
    );
    const { sent, ended } = topology.bench.inject('ip6-send', packet, { vrf: 1 });
    assert.deepEqual(ended, { sent: 3, consumed: 1 });
    const parts = sent.map(packetIn);
    const identification = new DataView(parts[0]?.slice().buffer ?? new ArrayBuffer(60)).getUint32(52);
    const body = joinBytes(destination, segment);
    const expected = [0, 1224, 2448].map((offset) => {
      const content = body.subarray(offset, offset + 1224);
      const more = offset + content.length < body.length;
      const header = ipv6Fragment({ nextHeader: 60, offset, more, identification });
      return ipv6Packet(
        { ...toFar, nextHeader: 0, hopLimit: 33, flowLabel: 5 },
        joinBytes(ipv6Options(44, new Uint8Array(0)), header, content),
      );
    });
    assert.deepEqual(parts, expected);
  });

  it('gives every packet another identification', () => {
    topology.route('2001:db8:f::/48', topology.neighbor(second, { mtu: 1280 }));
    const packet = ipv6Packet({ ...toFar, nextHeader: 17 }, bytesOf(2000));
    const seen = Array.from({ length: 100 }, () => {
      const { sent } = topology.bench.inject('ip6-send', packet, { vrf: 1 });
      const [one, two] = sent.map((frame) => Buffer.from(packetIn(frame).subarray(44, 48)).toString('hex'));
      assert.equal(one, two);
      return one;
    });
    assert.equal(new Set(seen).size, 100);
  });

  it('drops what no fragment fits, and sends all fragments or none', () => {
    const packet = ipv6Packet({ ...toFar, nextHeader: 17 }, bytesOf(2000));
    topology.route('2001:db8:f::/48', topology.neighbor(second, { mtu: 55 }));
    const none = topology.bench.inject('ip6-send', packet, { vrf: 1 });
    assert.deepEqual(none.ended, { 'ip6-fragment-no-room': 1 });
    topology.route('2001:db8:f::/48', topology.neighbor(second, { mtu: 1280 }));
    const starved = topology.bench.starve(1, () => topology.bench.inject('ip6-send', packet, { vrf: 1 }));
    assert.deepEqual(starved.ended, { 'fragment-no-buffers': 1 });
    assert.equal(topology.bench.buffersOut, 0);
  });

  it('refuses to cut what the host has cut already', () => {
    const header = ipv6Fragment({ nextHeader: 17, offset: 0, more: true, identification: 9 });
    const packet = ipv6Packet({ ...toFar, nextHeader: 44 }, joinBytes(header, bytesOf(2000)));
    const { ended } = topology.bench.inject('ip6-send', packet, { vrf: 1 });
    assert.equal(ended['ip6-too-big'], 1);
  });
});

function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i * 7);
}

function datagram(fields: Partial<Ipv6Fields>, sourcePort = 1000, bytes = 5): Uint8Array {
  const pair = { source: first.host.address6, destination: second.host.address6, ...fields };
  return ipv6Packet(
    { nextHeader: 17, ...pair },
    udpDatagram({ source: sourcePort, destination: 2 }, bytesOf(bytes)),
  );
}

function icmp(type: number): Uint8Array {
  return ipv6Packet({ ...ends, nextHeader: 58, hopLimit: 1 }, icmpv6Message({ type }, payload, ends));
}

/** The ICMPv6 error about a packet, field by field. */
function error(
  fields: IcmpFields,
  about: Uint8Array,
  pair = { source: first.address6, destination: first.host.address6 },
): Uint8Array {
  const message = icmpv6Message(fields, about, pair);
  assert.equal(transportChecksum(pair, 58, message), 0);
  return ipv6Packet({ ...pair, nextHeader: 58 }, message);
}
