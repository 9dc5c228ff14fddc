import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { etherFrame, ipv4Packet, ipv6Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { decodePacket } from '../../net/frame/decode.ts';
import { describeLayers } from '../../net/frame/describe.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { labelled, MplsBench } from '../mpls/testing/mpls-bench.ts';
import { TunnelBench } from './testing/tunnel-bench.ts';

const tunnels = await TunnelBench.open();
const labels = new MplsBench(tunnels.topology);
const [, second] = tunnels.topology.links;
const local = { IPv4: second.address4, IPv6: second.address6 };
const remote = { IPv4: '192.0.2.9', IPv6: '2001:db8:9::9' };
const ipBytes = { IPv4: 20, IPv6: 40 };
const fragmentBytes = { IPv4: 20, IPv6: 48 };
const ownBytes = { mplsoudp: 8, mplsogre: 4 };
const ends = { destination: '02:00:00:00:07:01', source: '02:00:00:00:08:01', etherType: 0x0800 };
const ends4 = { source: '10.7.0.1', destination: '10.8.0.1', protocol: 17 };
const datagram = udpDatagram({ source: 7, destination: 8 }, new Uint8Array(1600).fill(9));

for (const kind of ['mplsoudp', 'mplsogre'] as const)
  for (const family of ['IPv4', 'IPv6'] as const)
    describe(`what is too big for ${kind} over ${family}`, () => {
      const nextHop = tunnels.tunnel(kind, remote[family], local[family]);
      const send = (payload: Uint8Array) => {
        labels.swap(400, [500], nextHop);
        return labels.receiveOnce(labelled([{ label: 400 }], payload));
      };

      for (const [what, payload] of [
        ['a frame', etherFrame(ends, ipv4Packet({ ...ends4, dontFragment: true }, datagram))],
        ['an IPv4 packet that may be cut', ipv4Packet(ends4, datagram)],
      ] as const)
        it(`goes on whole, in an outer packet that is cut: ${what}`, () => {
          const { sent, ended } = send(payload);
          assert.deepEqual(ended, { consumed: 1, sent: 2 });
          const fragments = sent.map((each) => packetIn(each));
          assert.ok(fragments.every(({ length }) => length <= 1500));
          const parts = fragments.map((fragment) => fragment.subarray(fragmentBytes[family]));
          const outer = joinBytes(...parts).subarray(ownBytes[kind]);
          assert.deepEqual(outer, labelled([{ label: 500, ttl: 63 }], payload));
        });

      it('is told to its sender where it must not be cut', () => {
        const told = send(ipv4Packet({ ...ends4, dontFragment: true }, datagram));
        assert.deepEqual(told.ended, { 'mpls-too-big': 1, sent: 1 });
        assert.match(inside(told.sent[0]), /> 10\.7\.0\.1 icmp .* fragmentation needed mtu 1496/);
        const ends6 = { source: 'fd00:7::1', destination: 'fd00:8::1', nextHeader: 17 };
        const told6 = send(ipv6Packet(ends6, datagram));
        assert.deepEqual(told6.ended, { 'mpls-too-big': 1, sent: 1 });
        assert.match(inside(told6.sent[0]), /> fd00:7::1 icmpv6 .* packet too big mtu 1496/);
      });

      it('goes on whole where it is IPv6 that every link must take', () => {
        const narrow = tunnels.tunnel(kind, remote[family], local[family], 6635, 1280);
        const ends6 = { source: 'fd00:7::1', destination: 'fd00:8::1', nextHeader: 17 };
        const sendThere = (bytes: number) => {
          labels.swap(400, [500], narrow);
          const packet = ipv6Packet(ends6, datagram.subarray(0, bytes - 40));
          return labels.receiveOnce(labelled([{ label: 400 }], packet));
        };
        assert.deepEqual(sendThere(1280).ended, { sent: 1 });
        const told = sendThere(1281);
        assert.deepEqual(told.ended, { 'mpls-too-big': 1, sent: 1 });
        assert.match(inside(told.sent[0]), /> fd00:7::1 icmpv6 .* packet too big mtu 1280/);
      });

      /** What an outer packet has behind its one label. */
      function inside(frame: Parameters<typeof packetIn>[0]): string {
        const packet = packetIn(frame).subarray(ipBytes[family] + ownBytes[kind] + 4);
        return describeLayers(decodePacket(packet));
      }
    });
