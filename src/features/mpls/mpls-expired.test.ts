import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../engine/testing/bench.ts';
import { etherFrame, ipv4Packet, ipv6Packet, udpDatagram } from '../../net/frame/build.ts';
import { decodeFrame } from '../../net/frame/decode.ts';
import { describeLayers } from '../../net/frame/describe.ts';
import { labelled, MplsBench, type WireLabel } from './testing/mpls-bench.ts';

const ends4 = { source: '10.9.9.9', destination: '10.0.2.2' };
const ends6 = { source: '2001:db8:9::9', destination: '2001:db8:2::2' };
const spent: readonly WireLabel[] = [
  { label: 400, ttl: 1, trafficClass: 5 },
  { label: 77, ttl: 1 },
];

describe('mpls-expired', () => {
  it('tells the sender by the labels that its packet came with', async () => {
    const bench = await swapping();
    const told4 = bench.receive(labelled(spent, ipv4()));
    assert.deepEqual(told4.ended, { 'mpls-ttl-exceeded': 1, sent: 1 });
    assert.match(
      sent(told4),
      /^port 1: .* mpls, mpls 500 tc 5 ttl 254, mpls 77 bottom ttl 255, 10\.0\.1\.1 > 10\.9\.9\.9 icmp ttl 64 .*, icmp time exceeded code 0 for \(10\.9\.9\.9 > 10\.0\.2\.2 udp/,
    );
    const told6 = bench.receive(labelled(spent, ipv6()));
    assert.deepEqual(told6.ended, { 'mpls-ttl-exceeded': 1, sent: 1 });
    assert.match(
      sent(told6),
      /mpls 77 bottom ttl 255, 2001:db8:1::1 > 2001:db8:9::9 icmpv6 hop-limit 64 .*, icmpv6 time exceeded code 0 for/,
    );
  });

  it('tells about a packet that is left with labels when its own is taken off', async () => {
    const bench = await swapping();
    const { topology } = bench;
    bench.toNextHop(300, topology.neighbor(topology.links[2]));
    const stack = [{ label: 300, ttl: 1 }, { label: 77 }];
    assert.match(
      sent(bench.receive(labelled(stack, ipv4()))),
      /^port 2: .* mpls 77 bottom ttl 254, 10\.0\.1\.1/,
    );
  });

  it('tells, by a route, about a packet that is left without labels', async () => {
    const bench = await swapping();
    const { topology } = bench;
    topology.route('10.9.9.0/24', topology.neighbor(topology.links[0]));
    bench.toNextHop(300, topology.neighbor(topology.links[2]));
    const outcome = bench.receive(labelled([{ label: 300, ttl: 1 }], ipv4()));
    assert.deepEqual(outcome.ended, { 'ip4-ttl-exceeded': 1, sent: 1 });
    assert.match(sent(outcome), /> 10\.9\.9\.9 icmp .*time exceeded/);
  });

  it('keeps the bytes of what is told from chained buffers', async () => {
    const bench = await swapping();
    const outcome = bench.receive(labelled(spent, ipv4(200)), { segmentBytes: 64 });
    assert.match(
      sent(outcome),
      /icmp time exceeded code 0 for \(10\.9\.9\.9 > 10\.0\.2\.2 udp ttl 64 length 228/,
    );
  });

  it('tells nobody about frames, errors, broken headers and unknown senders', async () => {
    const bench = await swapping();
    const [, second] = bench.topology.links;
    const ends = { destination: second.mac, source: second.host.mac, etherType: 0x0800 };
    const silent = [
      etherFrame(ends, ipv4()),
      changed(ipv4(), 10, 1),
      ipv4Packet({ ...ends4, protocol: 1 }, Uint8Array.from([11, 0, 0, 0, 0, 0, 0, 0])),
      ipv4Packet({ ...ends4, source: '0.0.0.0', protocol: 17 }, new Uint8Array(8)),
      ipv6Packet({ ...ends6, source: '::', nextHeader: 59 }, new Uint8Array(8)),
      ipv4().subarray(0, 19),
      ipv6().subarray(0, 39),
      new Uint8Array(0),
    ];
    for (const packet of silent)
      assert.deepEqual(bench.receive(labelled(spent, packet)).ended, { 'mpls-ttl-exceeded': 1 });
    const toAll = { destination: 'ff:ff:ff:ff:ff:ff' };
    assert.deepEqual(bench.receive(labelled(spent, ipv4()), toAll).ended, { 'mpls-ttl-exceeded': 1 });
  });

  it('sends as many errors as IP may', async () => {
    const bench = await swapping();
    bench.topology.limitErrors({ perSecond: 1, atOnce: 1 });
    const ended = [1, 2].map(() => bench.receiveOnce(labelled(spent, ipv4())).ended);
    assert.deepEqual(ended, [{ 'mpls-ttl-exceeded': 1, sent: 1 }, { 'mpls-error-limit': 1 }]);
  });
});

async function swapping(): Promise<MplsBench> {
  const bench = await MplsBench.open();
  bench.swap(400, [500], bench.topology.neighbor(bench.topology.links[1]));
  return bench;
}

function sent(outcome: Outcome): string {
  return outcome.sent.map(({ port, bytes }) => `port ${port}: ${describeLayers(decodeFrame(bytes))}`).join();
}

function ipv4(bytes = 8): Uint8Array {
  return ipv4Packet(
    { ...ends4, protocol: 17 },
    udpDatagram({ source: 1, destination: 2 }, new Uint8Array(bytes)),
  );
}

function ipv6(): Uint8Array {
  return ipv6Packet(
    { ...ends6, nextHeader: 17 },
    udpDatagram({ source: 1, destination: 2 }, new Uint8Array(8)),
  );
}

function changed(packet: Uint8Array, at: number, value: number): Uint8Array {
  const copy = packet.slice();
  copy[at] = value;
  return copy;
}
