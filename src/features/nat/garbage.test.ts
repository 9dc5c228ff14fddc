import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MODE_MEASURE } from '../../engine/layout.ts';
import { checksum } from '../../net/checksum.ts';
import { etherFrame, icmpMessage, ipv4Packet } from '../../net/frame/build.ts';
import { answerTo, NatBench, packetOf, type Spec } from './testing/nat-bench.ts';

const nat = await NatBench.open();
nat.translateSources();
nat.translateDestination('10.0.2.9', '10.0.3.2', true);

const kinds = ['tcp', 'udp', 'query'] as const;
const leaving = kinds.map(
  (kind): Spec => ({
    kind,
    source: '10.0.1.2',
    destination: '10.0.2.2',
    sport: 9,
    dport: kind === 'query' ? 0 : 80,
  }),
);
const coming = leaving.map((spec) => answerTo({ ...spec, source: '10.0.2.1' }));
const toStation = leaving.map((spec) => ({ ...spec, source: '10.0.2.2', destination: '10.0.2.9' }));
const errorAbout = (source: string, destination: string, spec: Spec) =>
  ipv4Packet({ source, destination, protocol: 1 }, icmpMessage({ type: 11 }, packetOf(spec)));
const fragment = { protocol: 17, identification: 5, moreFragments: true };

// What the garbage is made from, by the link that it comes from.
const seeds = {
  inside: [
    ...leaving.map(packetOf),
    ...coming.map((spec) => errorAbout('10.0.1.2', '10.0.2.2', { ...spec, destination: '10.0.1.2' })),
    ipv4Packet({ ...fragment, source: '10.0.1.2', destination: '10.0.2.2' }, new Uint8Array(40)),
  ],
  outside: [
    ...[...coming, ...toStation].map(packetOf),
    ...leaving.map((spec) => errorAbout('10.0.2.2', '10.0.2.1', { ...spec, source: '10.0.2.1' })),
    ipv4Packet({ ...fragment, source: '10.0.2.2', destination: '10.0.2.9' }, new Uint8Array(40)),
  ],
};

const side = (from: 'inside' | 'outside') =>
  fc.record({ from: fc.constant(from), seed: fc.constantFrom(...seeds[from]) });
const garbage = fc.record({
  made: fc.oneof(side('inside'), side('outside')),
  changes: fc.array(fc.record({ at: fc.nat(70), byte: fc.nat(255) }), { maxLength: 4 }),
  length: fc.oneof(fc.nat(90), fc.constant(2000)),
  olFlags: fc.constantFrom(0n, 1n << 7n, (1n << 7n) | (1n << 3n) | (1n << 8n), (1n << 7n) | (3n << 52n)),
  segmentBytes: fc.constantFrom(15, 34, 42, 54, 64, 3000),
  mode: fc.constantFrom(0, MODE_MEASURE),
});

describe('garbage through NAT', () => {
  it('never traps, every packet ends somewhere with all its buffers, and headers stay as right as they were', () => {
    fc.assert(
      fc.property(garbage, ({ made, changes, length, olFlags, segmentBytes, mode }) => {
        const packet = Uint8Array.from(made.seed);
        for (const { at, byte } of changes) packet[at] = byte;
        const link = nat[made.from];
        const header = { destination: link.mac, source: link.host.mac, etherType: 0x0800 };
        const { bench } = nat.topology;
        bench.mode = mode;
        const frame = etherFrame(header, packet.subarray(0, length));
        const { sent } = bench.receive(link.port, [frame], { olFlags, segmentBytes });
        assert.equal(bench.buffersOut, 0);
        if (olFlags !== 0n) return; // else IP has seen that it was right
        for (const { bytes } of sent.filter((each) => each.bytes[12] === 8 && each.bytes[14] === 0x45))
          assert.equal(checksum(bytes.subarray(14, 34)), 0);
      }),
      { numRuns: 3000 },
    );
  });
});
