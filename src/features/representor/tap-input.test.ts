import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { etherFrame, icmpMessage, icmpv6Message, ipv4Packet, ipv6Packet } from '../../net/frame/build.ts';
import { packetIn } from '../ip/testing/topology.ts';
import { openHostBench } from './testing/host-bench.ts';
import { listenerReport } from './testing/listener-report.ts';

const topology = await openHostBench();
const { bench } = topology;
const [first, second] = topology.links;
const payload = new Uint8Array(60).fill(7);
const from = { output: first.id, vrf: 1 };

describe('a frame that the host sends by a TAP', () => {
  it('leaves by the interface as it is', () => {
    const cases = [
      ['01:80:c2:00:00:0e', 0x88cc],
      ['01:00:5e:00:00:05', 0x0800],
      ['ff:ff:ff:ff:ff:ff', 0x0806],
      [first.host.mac, 0x88f7],
      [second.mac, 60],
    ] as const;
    for (const [destination, etherType] of cases) {
      const frame = etherFrame({ destination, source: first.mac, etherType }, payload);
      const { sent, ended } = bench.inject('tap-input', frame, from);
      assert.deepEqual(ended, { sent: 1 });
      assert.equal(sent[0]?.port, first.port);
      assert.deepEqual(sent[0].bytes, frame);
    }
  });

  it('is routed in the VRF of the interface when it is addressed to the interface itself', () => {
    const ends6 = { source: second.address6, destination: second.host.address6 };
    const ping4 = ipv4Packet(
      { source: second.address4, destination: second.host.address4, protocol: 1, ttl: 1 },
      icmpMessage({ type: 8 }, payload),
    );
    const ping6 = ipv6Packet(
      { ...ends6, nextHeader: 58, hopLimit: 1 },
      icmpv6Message({ type: 128 }, payload, ends6),
    );
    for (const ping of [ping4, ping6]) {
      const { sent, ended } = bench.inject('tap-input', toItself(ping), from);
      assert.deepEqual(ended, { sent: 1 });
      assert.equal(sent[0]?.port, second.port);
      assert.deepEqual(packetIn(sent[0]), ping);
    }
  });

  it('asks for a link-local station on the link of the interface', () => {
    const ends = { source: first.linkLocal, destination: 'fe80::77' };
    const ping = ipv6Packet({ ...ends, nextHeader: 58 }, icmpv6Message({ type: 128 }, payload, ends));
    const { ended, events } = bench.inject('tap-input', toItself(ping), from);
    assert.deepEqual(ended, { punted: 1 });
    assert.equal(events[0]?.stage, 'neighbor-hold');
  });

  it('is dropped when it is no frame, too long a frame, or for the interface and no IP', () => {
    const arp = etherFrame({ destination: first.mac, source: first.mac, etherType: 0x0806 }, payload);
    const long = etherFrame(
      { destination: second.mac, source: first.mac, etherType: 0x88b5 },
      new Uint8Array(1509),
    );
    const cases = [
      ['tap-truncated', new Uint8Array(0)],
      ['tap-truncated', arp.subarray(0, 13)],
      ['tap-not-ip', arp],
      ['tap-too-long', long],
    ] as const;
    for (const [name, bytes] of cases)
      assert.deepEqual(bench.inject('tap-input', bytes, from).ended, { [name]: 1 });
    assert.deepEqual(bench.inject('tap-input', long.subarray(0, 1522), from).ended, { sent: 1 });
    assert.equal(bench.buffersOut, 0);
  });

  it("is dropped when the host's kernel speaks for itself", () => {
    const frame = (group: string) =>
      etherFrame(
        { destination: '33:33:00:00:00:16', source: first.mac, etherType: 0x86dd },
        listenerReport([group]),
      );
    assert.deepEqual(bench.inject('tap-input', frame('ff02::1:ff00:1'), from).ended, {
      'host-kernel-noise': 1,
    });
    assert.deepEqual(bench.inject('tap-input', frame('ff02::5'), from).ended, { sent: 1 });
  });
});

/** The frame that a kernel without ARP makes of a packet. */
function toItself(packet: Uint8Array): Uint8Array {
  const etherType = (packet[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
  return etherFrame({ destination: first.mac, source: first.mac, etherType }, packet);
}
