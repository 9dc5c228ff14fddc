import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { MODE_MEASURE } from '../../engine/layout.ts';

import { etherFrame, ipv4Packet, joinBytes } from '../../net/frame/build.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { answerTo, forwarded, NatBench, packetOf, type Spec, transportOf } from './testing/nat-bench.ts';

let nat: NatBench;

beforeEach(async () => {
  nat = await NatBench.open();
  nat.translateDestination('10.0.2.9', '10.0.1.2');
});

for (const kind of ['tcp', 'udp', 'query'] as const) {
  const request: Spec = {
    source: '10.0.2.2',
    destination: '10.0.2.9',
    sport: 5000,
    dport: kind === 'query' ? 0 : 80,
    kind,
  };

  describe(`dnat44: ${kind}`, () => {
    it('reaches the station that the address stands for, and its answers come from that address', () => {
      const { sent } = nat.receive(nat.outside, request);
      const translated = { ...request, destination: '10.0.1.2' };
      assert.deepEqual([sent[0]?.port, packetIn(sent[0])], [nat.inside.port, forwarded(translated)]);
      const back = nat.receive(nat.inside, answerTo(translated)).sent[0];
      assert.deepEqual([back?.port, packetIn(back)], [nat.outside.port, forwarded(answerTo(request))]);
    });
  });
}

describe('dnat44', () => {
  const request: Spec = { source: '10.0.2.2', destination: '10.0.2.9', sport: 5000, dport: 80, kind: 'udp' };

  it('makes no sessions', () => {
    nat.receive(nat.outside, request);
    assert.equal(nat.all.length, 0);
  });

  it('translates fragments, whichever comes first', () => {
    const datagram = transportOf(request);
    const ends = { source: request.source, protocol: 17, identification: 7 };
    const part = (destination: string, ttl: number, first: boolean) =>
      ipv4Packet(
        { ...ends, destination, ttl, moreFragments: first, fragmentOffset: first ? 0 : 24 },
        first ? datagram.subarray(0, 24) : datagram.subarray(24),
      );
    const inside = transportOf({ ...request, destination: '10.0.1.2' });
    const expected = (first: boolean) =>
      ipv4Packet(
        { ...ends, destination: '10.0.1.2', ttl: 63, moreFragments: first, fragmentOffset: first ? 0 : 24 },
        first ? inside.subarray(0, 24) : inside.subarray(24),
      );
    for (const first of [false, true])
      assert.deepEqual(
        packetIn(nat.receive(nat.outside, part('10.0.2.9', 64, first)).sent[0]),
        expected(first),
      );
  });

  it('translates other protocols', () => {
    const gre = (destination: string, ttl: number) =>
      ipv4Packet({ source: '10.0.2.2', destination, protocol: 47, ttl }, new Uint8Array(40).fill(9));
    const { sent } = nat.receive(nat.outside, gre('10.0.2.9', 64));
    assert.deepEqual(packetIn(sent[0]), gre('10.0.1.2', 63));
  });

  it('translates what has a tag that says a priority and no VLAN, and nothing of a VLAN', () => {
    const { topology, outside, inside } = nat;
    topology.takeType(0x8100, 'vlan-priority');
    const tagged = (tci: number) => {
      const address = { destination: outside.mac, source: outside.host.mac, etherType: 0x8100 };
      return etherFrame(address, joinBytes(Uint8Array.of(tci >> 8, tci & 255, 8, 0), packetOf(request)));
    };
    for (const mode of [0, MODE_MEASURE]) {
      topology.bench.mode = mode;
      const { sent } = topology.bench.receive(outside.port, [tagged(0xa000)]);
      const translated = forwarded({ ...request, destination: '10.0.1.2' });
      assert.deepEqual([sent[0]?.port, packetIn(sent[0])], [inside.port, translated]);
      const { ended } = topology.bench.receive(outside.port, [tagged(0xa005)]);
      assert.deepEqual(ended, { 'vlan-unknown': 1 });
    }
  });

  it('ends with its rule', () => {
    const rule = {
      iface: nat.outside.id,
      destination: { family: 'ipv4', value: 0x0a000209n },
      replace: { family: 'ipv4', value: 0x0a000102n },
    } as const;
    nat.rules.deleteDnat(rule);
    const { sent } = nat.receive(nat.inside, answerTo({ ...request, destination: '10.0.1.2' }));
    assert.deepEqual(packetIn(sent[0]), forwarded(answerTo({ ...request, destination: '10.0.1.2' })));
    assert.equal(nat.receive(nat.outside, packetOf(request)).ended['sent'] ?? 0, 0);
  });
});
