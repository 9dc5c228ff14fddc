import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Outcome } from '../../engine/testing/bench.ts';
import { etherFrame, ipv4Packet, ipv6Packet, udpDatagram } from '../../net/frame/build.ts';
import { decodeFrame } from '../../net/frame/decode.ts';
import { describeLayers } from '../../net/frame/describe.ts';
import { labelled, MplsBench, type WireLabel } from './testing/mpls-bench.ts';

const ends4 = { source: '10.9.9.9', destination: '10.0.2.2', protocol: 17 };
const ends6 = { source: '2001:db8:9::9', destination: '2001:db8:2::2', nextHeader: 17 };
const datagram = udpDatagram({ source: 1, destination: 2 }, new Uint8Array(1400));
const stack: readonly WireLabel[] = [{ label: 400, ttl: 9, trafficClass: 5 }, { label: 77 }];
const whole = ipv4Packet({ ...ends4, dontFragment: true }, datagram);

describe('mpls-oversized', () => {
  it('tells the sender of a packet that must not be cut how large it may be, by the labels that it would have left with', async () => {
    const bench = await swapping();
    const told4 = bench.receive(labelled(stack, whole));
    assert.deepEqual(told4.ended, { 'mpls-too-big': 1, sent: 1 });
    assert.match(
      sent(told4),
      /^port 1: .* mpls, mpls 500 tc 5 ttl 255, mpls 77 bottom ttl 255, 10\.0\.1\.1 > 10\.9\.9\.9 icmp .*, icmp fragmentation needed mtu 1292 for \(10\.9\.9\.9 > 10\.0\.2\.2 udp/,
    );
  });

  it('tells the sender of an IPv6 packet, too', async () => {
    const bench = await swapping();
    const told6 = bench.receive(labelled([{ label: 400 }], ipv6Packet(ends6, datagram)));
    assert.deepEqual(told6.ended, { 'mpls-too-big': 1, sent: 1 });
    assert.match(
      sent(told6),
      /mpls 500 bottom ttl 255, 2001:db8:1::1 > 2001:db8:9::9 icmpv6 .*, icmpv6 packet too big mtu 1296 for/,
    );
  });

  it('tells it in an error that its labels leave room for, where the link is as narrow as may be', async () => {
    const bench = await swapping(1280);
    const labels = [{ label: 400 }, { label: 77 }, { label: 78 }];
    const told6 = bench.receive(labelled(labels, ipv6Packet(ends6, datagram)));
    assert.deepEqual(told6.ended, { 'mpls-too-big': 1, sent: 1 });
    assert.match(sent(told6), /icmpv6 packet too big mtu 1268 for/);
    assert.equal(told6.sent[0]?.bytes.length, 14 + 1280);
  });

  it('drops on a link, and tells nobody about, what might be cut, frames, and errors', async () => {
    const bench = await swapping();
    const [, second] = bench.topology.links;
    const ends = { destination: second.mac, source: second.host.mac, etherType: 0x0800 };
    const error = new Uint8Array(1400);
    error[0] = 11;
    const silent = [
      ipv4Packet(ends4, datagram),
      etherFrame(ends, whole),
      ipv4Packet({ ...ends4, dontFragment: true, protocol: 1 }, error),
    ];
    for (const packet of silent)
      assert.deepEqual(bench.receive(labelled(stack, packet)).ended, { 'mpls-too-big': 1 });
  });

  it('sends as many errors as IP may', async () => {
    const bench = await swapping();
    bench.topology.limitErrors({ perSecond: 1, atOnce: 1 });
    const ended = [1, 2].map(() => bench.receiveOnce(labelled(stack, whole)).ended);
    assert.deepEqual(ended, [{ 'mpls-too-big': 1, sent: 1 }, { 'mpls-error-limit': 1 }]);
  });
});

async function swapping(mtu = 1300): Promise<MplsBench> {
  const bench = await MplsBench.open();
  bench.swap(400, [500], bench.topology.neighbor(bench.topology.links[1], { mtu }));
  return bench;
}

function sent(outcome: Outcome): string {
  return outcome.sent.map(({ port, bytes }) => `port ${port}: ${describeLayers(decodeFrame(bytes))}`).join();
}
