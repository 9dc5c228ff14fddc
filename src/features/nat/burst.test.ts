import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { MODE_MEASURE } from '../../engine/layout.ts';
import type { Outcome } from '../../engine/testing/bench.ts';
import { etherFrame, ipv4Packet } from '../../net/frame/build.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { answerTo, FIN, forwarded, NatBench, packetOf, type Spec, transportOf } from './testing/nat-bench.ts';

// Bursts of an interface with NAT have loops of their own, one of them for packets that are foreseen to be plain
// (ip/datapath/foresee.ts): these must be as strict as what takes a packet alone.

const station = '10.0.1.2';
const request: Spec = { source: '10.0.2.2', destination: '10.0.2.9', sport: 5000, dport: 80, kind: 'udp' };
const out: Spec = { source: station, destination: '10.0.2.2', sport: 40000, dport: 80, kind: 'tcp' };
const back = answerTo({ ...out, source: '10.0.2.1' });

let nat: NatBench;

beforeEach(async () => {
  nat = await NatBench.open();
  nat.translateSources();
  nat.translateDestination('10.0.2.9', station, true);
  for (const kind of ['tcp', 'udp'] as const) {
    for (const flags of [2, 16]) {
      nat.receive(nat.inside, { ...out, kind, flags });
      nat.receive(nat.outside, { ...back, kind, flags: flags | 16 });
    }
    nat.receive(nat.inside, { ...out, kind });
  }
});

/** What may be among packets of dnat44. */
const others: Readonly<Record<string, () => Uint8Array>> = {
  'a segment': () => packetOf({ ...request, kind: 'tcp' }),
  'a datagram without a checksum': () => withoutChecksum(packetOf(request)),
  'a ping': () => packetOf({ ...request, kind: 'query', dport: 0 }),
  'a first fragment': () => fragment({ moreFragments: true, fragmentOffset: 0 }),
  'a later fragment': () => fragment({ moreFragments: false, fragmentOffset: 24 }),
  'another protocol': () =>
    ipv4Packet(
      { ...request, protocol: 47, ttl: 64 },
      Uint8Array.from({ length: 40 }, () => 9),
    ),
  'a datagram of nothing': () =>
    ipv4Packet({ ...request, protocol: 17 }, transportOf(request).subarray(0, 8)),
  'half a header': () => ipv4Packet({ ...request, protocol: 6 }, new Uint8Array(17)),
  'a last hop': () => packetOf({ ...request, ttl: 1 }),
  'a packet of a session': () => packetOf(back),
  'a datagram of a session': () => packetOf({ ...back, kind: 'udp' }),
  'an end of a session': () => packetOf({ ...back, flags: FIN | 16 }),
  'what nobody has asked for': () => packetOf({ ...back, dport: 9 }),
  'what is not translated': () => packetOf({ ...request, destination: '10.0.3.2' }),
  'what is padded': () => Uint8Array.of(...packetOf(request), 0, 0),
};

describe('a burst by an interface with NAT', () => {
  it('is translated, packet by packet', () => {
    const burst = Array.from({ length: 9 }, (_, i) => ({ ...request, sport: 5000 + i }));
    const { sent } = receive(burst.map(packetOf));
    const expected = burst.map((spec) => forwarded({ ...spec, destination: station }));
    assert.deepEqual(sent.map(packetIn), expected);
  });

  for (const [name, other] of Object.entries(others)) {
    it(`goes the way that its packets would go alone with ${name} in it`, () => {
      for (let place = 0; place < 6; place++) {
        const burst = Array.from({ length: 6 }, (_, i) => (i === place ? other() : packetOf(request)));
        nat.topology.bench.mode = MODE_MEASURE;
        const slowly = receive(burst);
        nat.topology.bench.mode = 0;
        const fast = receive(burst);
        assert.deepEqual(fast.ended, slowly.ended, `at ${place}`);
        assert.deepEqual(byContent(fast), byContent(slowly), `at ${place}`);
      }
    });
  }
});

function receive(packets: readonly Uint8Array[]): Outcome {
  const { bench } = nat.topology;
  const { mac, host, port } = nat.outside;
  const ends = { destination: mac, source: host.mac, etherType: 0x0800 };
  const outcome = bench.receive(
    port,
    packets.map((packet) => etherFrame(ends, packet)),
  );
  assert.equal(bench.buffersOut, 0, 'buffers are lost');
  return outcome;
}

function fragment(part: { readonly moreFragments: boolean; readonly fragmentOffset: number }): Uint8Array {
  const fields = { ...request, protocol: 17, identification: 7, ...part };
  return ipv4Packet(fields, transportOf(request).subarray(part.fragmentOffset, part.fragmentOffset + 24));
}

function withoutChecksum(packet: Uint8Array): Uint8Array {
  return packet.map((byte, i) => (i === 26 || i === 27 ? 0 : byte));
}

function byContent({ sent }: Outcome): readonly string[] {
  return sent.map(({ port, bytes }) => `${port} ${Buffer.from(bytes).toString('hex')}`).toSorted();
}
