import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EVENT_BYTES, EVENT_SLOTS, WORKER_AREAS, WORKER_EVENTS } from '../../engine/layout.ts';
import { type Ipv4Fields, icmpMessage, ipv4Packet, udpDatagram } from '../../net/frame/build.ts';
import { decodePacket } from '../../net/frame/decode.ts';
import { packetIn, Topology } from './testing/topology.ts';

const topology = await Topology.open();
const [first, second] = topology.links;
const payload = Uint8Array.from({ length: 24 }, (_, i) => i);

describe('ip4-local', () => {
  it('gives a packet to the stage of its protocol', () => {
    topology.take('protocol4', 89, 'ip-blackhole');
    assert.deepEqual(topology.receive(first, packet({ protocol: 89 })).ended, { blackhole: 1 });
    topology.take('protocol4', 89, undefined);
  });

  it('tells the sender of a protocol that nobody takes', () => {
    const unknown = packet({ protocol: 89 });
    const { sent, ended } = topology.receive(first, unknown);
    assert.deepEqual(ended, { sent: 1, 'ip4-protocol-unreachable': 1 });
    assert.deepEqual(packetIn(sent[0]), error({ type: 3, code: 2 }, unknown));
  });

  it('gives to the host what nobody else takes, fragments too', () => {
    topology.take('protocol4', 0, 'ip-blackhole');
    for (const fields of [
      { protocol: 17 },
      { protocol: 1, moreFragments: true },
      { protocol: 1, fragmentOffset: 8 },
    ]) {
      assert.deepEqual(topology.receive(first, packet(fields)).ended, { blackhole: 1 });
    }
    topology.take('protocol4', 0, undefined);
  });

  it('drops fragments where there is no host', () => {
    const fragment = packet({ protocol: 1, fragmentOffset: 8 });
    assert.deepEqual(topology.receive(first, fragment).ended, { 'ip4-local-fragment': 1 });
  });
});

describe('icmp4-local', () => {
  it('hands answers and errors to the control thread, whole', () => {
    for (const type of [0, 3, 11, 12]) {
      const answer = packet({ protocol: 1 }, icmpMessage({ type }, payload));
      const { events, ended } = topology.receive(first, answer);
      assert.deepEqual(ended, { punted: 1 });
      assert.equal(events[0]?.stage, 'icmp4-local');
      assert.equal(events[0].iface, first.id);
      assert.equal(events[0].vrf, 1);
      assert.deepEqual(events[0].packet, answer);
    }
  });

  it('drops them when the control thread has too much to read', () => {
    const ring = WORKER_AREAS + WORKER_EVENTS;
    const written = topology.bench.view.getUint32(ring, true);
    const { buffer } = topology.bench.memory;
    new Uint8Array(buffer, ring + 64, EVENT_SLOTS * EVENT_BYTES).fill(0);
    topology.bench.view.setUint32(ring, written + EVENT_SLOTS, true);
    const outcome = topology.receiveOnce(first, packet({ protocol: 1 }, icmpMessage({ type: 0 }, payload)));
    assert.deepEqual(outcome.ended, { 'punt-full': 1 });
  });

  it('drops types that nobody takes', () => {
    for (const type of [1, 4, 5, 9, 10, 13, 15, 17, 40, 255]) {
      const message = packet({ protocol: 1 }, icmpMessage({ type }, payload));
      assert.deepEqual(topology.receive(first, message).ended, { 'icmp4-unknown-type': 1 });
    }
  });

  it('drops a message cut at any length', () => {
    const whole = icmpMessage({ type: 8 }, payload);
    for (let length = 0; length < whole.length; length++) {
      const { ended } = topology.receive(first, packet({ protocol: 1 }, whole.subarray(0, length)));
      const expected = length < 8 ? 'icmp4-truncated' : 'icmp4-bad-checksum';
      assert.deepEqual(ended, { [expected]: 1 }, String(length));
    }
  });

  it('drops a message with any bit wrong', () => {
    const whole = packet({ protocol: 1 }, icmpMessage({ type: 8 }, payload));
    for (let bit = 20 * 8; bit < whole.length * 8; bit++) {
      const broken = whole.slice();
      broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.deepEqual(topology.receive(first, broken).ended, { 'icmp4-bad-checksum': 1 });
    }
  });

  it('keeps the options of an echo request', () => {
    const options = Uint8Array.of(148, 4, 0, 0);
    const request = packet({ protocol: 1, options }, icmpMessage({ type: 8, rest: 9 }, payload));
    const reply = ipv4Packet(
      { source: first.address4, destination: first.host.address4, protocol: 1, options },
      icmpMessage({ type: 0, rest: 9 }, payload),
    );
    assert.deepEqual(packetIn(topology.receive(first, request).sent[0]), reply);
  });
});

describe('ip4-multicast', () => {
  const toAll = { destination: 'ff:ff:ff:ff:ff:ff' };

  it('listens to the groups of the link and to everyone', () => {
    topology.take('protocol4', 89, 'ip-blackhole');
    for (const destination of ['224.0.0.5', '224.0.0.255', '255.255.255.255']) {
      const { ended } = topology.receive(first, packet({ destination, protocol: 89 }), toAll);
      assert.deepEqual(ended, { blackhole: 1 }, destination);
    }
    topology.take('protocol4', 89, undefined);
  });

  it('listens to stations that have no address yet', () => {
    const fields = { source: '0.0.0.0', destination: '255.255.255.255', protocol: 17 };
    assert.deepEqual(topology.receive(first, packet(fields), toAll).ended, { 'ip4-protocol-unreachable': 1 });
  });

  it('listens to the broadcast address of a subnet, and never forwards it', () => {
    const broadcast = topology.nextHop({ stage4: 'ip4-multicast', stage6: 'ip6-multicast' });
    topology.route('10.0.1.255/32', broadcast);
    topology.take('protocol4', 17, 'ip-blackhole');
    for (const [link, options] of [
      [first, toAll],
      [second, {}],
    ] as const) {
      const { ended } = topology.receive(link, packet({ destination: '10.0.1.255', protocol: 17 }), options);
      assert.deepEqual(ended, { blackhole: 1 });
    }
    topology.take('protocol4', 17, undefined);
  });

  it('does not route multicast', () => {
    for (const destination of ['224.0.1.0', '232.1.1.1', '239.255.255.255']) {
      const { ended } = topology.receive(first, packet({ destination, protocol: 17 }), toAll);
      assert.deepEqual(ended, { 'ip4-multicast-not-routed': 1 }, destination);
    }
  });

  it('answers no echo request to everyone', () => {
    for (const destination of ['224.0.0.1', '255.255.255.255', '10.0.1.255']) {
      const request = packet({ destination, protocol: 1 }, icmpMessage({ type: 8 }, payload));
      assert.deepEqual(topology.receive(first, request, toAll).ended, { 'icmp4-to-many': 1 }, destination);
    }
  });
});

describe('ip4-send', () => {
  const ping = ipv4Packet(
    { source: first.address4, destination: first.host.address4, protocol: 1, ttl: 1 },
    icmpMessage({ type: 8 }, payload),
  );

  it('sends a packet of our own with the time to live it has', () => {
    const { sent } = topology.bench.inject('ip4-send', ping, { vrf: 1 });
    assert.equal(sent[0]?.port, first.port);
    assert.deepEqual(packetIn(sent[0]), ping);
  });

  it('reaches ourselves', () => {
    const toUs = ipv4Packet(
      { source: second.address4, destination: first.address4, protocol: 1 },
      icmpMessage({ type: 8, rest: 5 }, payload),
    );
    const { ended, events } = topology.bench.inject('ip4-send', toUs, { vrf: 1 });
    assert.deepEqual(ended, { punted: 1 });
    const [ip, icmp] = decodePacket(events[0]?.packet ?? new Uint8Array(0));
    assert.ok(ip?.layer === 'ipv4' && icmp?.layer === 'icmp');
    assert.deepEqual([ip.source, ip.destination, icmp.type], [first.address4, second.address4, 0]);
  });

  it('drops what is no IPv4 packet', () => {
    const cases: readonly (readonly [string, Uint8Array])[] = [
      ['ip4-truncated', ping.subarray(0, 19)],
      ['ip4-bad-length', ping.subarray(0, 20)],
      ['ip4-bad-length', ping.subarray(0, ping.length - 1)],
      ['ip4-bad-header', ping.with(0, 0x65)],
      ['ip4-bad-header', ping.with(0, 0x44)],
      ['ip4-truncated', ping.with(0, 0x4f).subarray(0, 40)],
    ];
    for (const [name, bytes] of cases) {
      assert.deepEqual(topology.bench.inject('ip4-send', bytes, { vrf: 1 }).ended, { [name]: 1 });
    }
    assert.equal(topology.bench.buffersOut, 0);
  });

  it('tells ourselves when no route leads on', () => {
    const lost = ipv4Packet(
      { source: first.address4, destination: '192.0.2.9', protocol: 1 },
      icmpMessage({ type: 8 }, payload),
    );
    const { ended, events } = topology.bench.inject('ip4-send', lost, { vrf: 1 });
    assert.deepEqual(ended, { 'ip4-no-route': 1, punted: 1 });
    const about = ipv4Packet(
      { source: first.address4, destination: first.address4, protocol: 1, tos: 0xc0 },
      icmpMessage({ type: 3, code: 0 }, lost),
    );
    assert.deepEqual(events[0]?.packet, about);
  });
});

function packet(fields: Partial<Ipv4Fields>, content: Uint8Array = payload): Uint8Array {
  const ends = { source: first.host.address4, destination: first.address4 };
  const body = fields.protocol === 17 ? udpDatagram({ source: 1, destination: 2 }, content) : content;
  return ipv4Packet({ ...ends, protocol: 1, ...fields }, body);
}

function error(icmp: { readonly type: number; readonly code: number }, about: Uint8Array): Uint8Array {
  const header = { source: first.address4, destination: first.host.address4, protocol: 1, tos: 0xc0 };
  return ipv4Packet(header, icmpMessage(icmp, about));
}
