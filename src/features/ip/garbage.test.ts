import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MODE_MEASURE } from '../../engine/layout.ts';
import {
  etherFrame,
  icmpMessage,
  icmpv6Message,
  ipv4Packet,
  ipv6Fragment,
  ipv6Options,
  ipv6Packet,
  joinBytes,
  tcpSegment,
  udpDatagram,
} from '../../net/frame/build.ts';
import { Topology } from './testing/topology.ts';

const topology = await Topology.open();
const { bench, links } = topology;
const [first, second] = links;
topology.route('198.51.100.0/24', topology.neighbor(second, { mtu: 300 }));
topology.route('2001:db8:f::/48', topology.neighbor(second, { mtu: 300 }));

// What the garbage is made from: packets that go a long way, for it is their corrupted kin that reach far.
const ends4 = { source: first.host.address4, destination: second.host.address4 };
const ends6 = { source: first.host.address6, destination: second.host.address6 };
const toUs4 = { ...ends4, destination: first.address4 };
const toUs6 = { ...ends6, destination: first.address6 };
const ports = { source: 1, destination: 2 };
const payload = Uint8Array.from({ length: 700 }, (_, i) => i);
const options = Uint8Array.of(7, 7, 4, 0, 0, 0, 0, 148, 4, 0, 0, 68, 8, 5, 0, 0, 0, 0, 0);
const seeds: readonly Uint8Array[] = [
  ipv4Packet({ ...ends4, protocol: 17 }, udpDatagram(ports, payload)),
  ipv4Packet({ ...ends4, destination: '198.51.100.1', protocol: 6, options }, tcpSegment(ports, payload)),
  ipv4Packet({ ...toUs4, protocol: 1, options }, icmpMessage({ type: 8 }, payload)),
  ipv6Packet({ ...ends6, nextHeader: 6 }, tcpSegment(ports, payload)),
  ipv6Packet({ ...ends6, destination: '2001:db8:f::1', nextHeader: 17 }, udpDatagram(ports, payload)),
  ipv6Packet(
    { ...toUs6, nextHeader: 0 },
    joinBytes(
      ipv6Options(60, Uint8Array.of(5, 2, 0, 0)),
      ipv6Options(44, Uint8Array.of(0x1e, 0)),
      ipv6Fragment({ nextHeader: 58, offset: 0, more: false, identification: 1 }),
      icmpv6Message({ type: 128 }, payload, toUs6),
    ),
  ),
];
const etherTypes = [0x0800, 0x86dd, 0x0806, 0x8100];

const garbage = fc.record({
  seed: fc.constantFrom(...seeds),
  etherType: fc.constantFrom(...etherTypes),
  changes: fc.array(fc.record({ at: fc.nat(80), byte: fc.nat(255) }), { maxLength: 6 }),
  length: fc.oneof(fc.nat(120), fc.constant(2000)),
  // Half of them with the word of the port that the header's checksum is right, so that it does not end them all.
  olFlags: fc.constantFrom(0n, 1n << 7n, (1n << 7n) | (1n << 3n) | (1n << 8n), (1n << 7n) | (3n << 52n)),
  segmentBytes: fc.constantFrom(15, 34, 54, 64, 100, 3000),
  mode: fc.constantFrom(0, MODE_MEASURE),
});

describe('garbage', () => {
  it('never traps, and every packet ends somewhere with all its buffers', () => {
    fc.assert(
      fc.property(garbage, (made) => {
        const packet = Uint8Array.from(made.seed);
        for (const { at, byte } of made.changes) packet[at] = byte;
        const header = { destination: first.mac, source: first.host.mac, etherType: made.etherType };
        const frame = etherFrame(header, packet.subarray(0, made.length));
        bench.mode = made.mode;
        const { ended } = bench.receive(first.port, [frame], made);
        assert.ok(Object.values(ended).reduce((sum, count) => sum + count, 0) >= 1, 'the packet is lost');
        assert.equal(bench.buffersOut, 0);
      }),
      { numRuns: 5000 },
    );
    bench.mode = 0;
  });

  it('does as little harm from the inside', () => {
    const stages = [
      'ip4-send',
      'ip6-send',
      'ip4-local',
      'ip6-local',
      'ip4-error',
      'ip6-error',
      'frame-output',
    ];
    const fields = fc.record({
      stage: fc.constantFrom(...stages),
      iface: fc.nat(3),
      output: fc.nat(3),
      note: fc.nat(0xffff),
    });
    fc.assert(
      fc.property(fields, garbage, (inside, made) => {
        const packet = Uint8Array.from(made.seed);
        for (const { at, byte } of made.changes) packet[at] = byte;
        // Stages behind the input see headers it has let through.
        packet[0] = inside.stage.includes('6') ? 0x60 : 0x45;
        const whole = inside.stage.endsWith('send') ? made.length : Math.max(made.length, 60);
        bench.inject(inside.stage, packet.subarray(0, whole), { vrf: 1, ...inside });
        assert.equal(bench.buffersOut, 0);
      }),
      { numRuns: 3000 },
    );
  });
});
