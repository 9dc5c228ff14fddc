import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAddress } from '../../net/address.ts';
import { pseudoHeaderSum } from '../../net/checksum.ts';
import {
  etherFrame,
  ipv4Packet,
  ipv6Options,
  ipv6Packet,
  joinBytes,
  tcpSegment,
  transportChecksum,
  udpDatagram,
} from '../../net/frame/build.ts';
import { INTERFACE_RECORD_BYTES } from '../interface/layout.ts';
import { packetIn, Topology } from './testing/topology.ts';

const topology = await Topology.open();
const [first, second] = topology.links;

// rte_mbuf ol_flags.
const receivedNone = (1n << 3n) | (1n << 8n);
const receivedBad = 1n << 3n;
const receivedGood = 1n << 8n;
const sendTcp = 1n << 52n;
const sendUdp = 3n << 52n;
const txMask = (3n << 52n) | (3n << 55n) | (1n << 54n) | (1n << 50n);

const ends4 = { source: first.host.address4, destination: second.host.address4 };
const ends6 = { source: first.host.address6, destination: second.host.address6 };
const ports = { source: 1234, destination: 80 };

/** A transport, with where its checksum lies and how a packet of it is built. */
const kinds = [
  { name: 'TCP over IPv4', protocol: 6, field: 16, ends: ends4, flag: sendTcp, offset: 20 },
  { name: 'UDP over IPv4', protocol: 17, field: 6, ends: ends4, flag: sendUdp, offset: 20 },
  { name: 'TCP over IPv6', protocol: 6, field: 16, ends: ends6, flag: sendTcp, offset: 40 },
  { name: 'UDP over IPv6', protocol: 17, field: 6, ends: ends6, flag: sendUdp, offset: 40 },
] as const;

describe('an unfinished transport checksum', () => {
  for (const kind of kinds) {
    it(`is finished for ${kind.name}, however it is asked for, over any buffers`, () => {
      for (const olFlags of [receivedNone, kind.flag]) {
        for (const segmentBytes of [80, 81, 200, 3000]) {
          const packet = unfinished(kind, 701);
          const { sent } = topology.receive(first, packet, { olFlags, segmentBytes });
          const segment = packetIn(sent[0]).subarray(kind.offset);
          assert.equal(transportChecksum(kind.ends, kind.protocol, segment), 0);
        }
      }
    });

    it(`of ${kind.name} that the port says is good or bad stays as it came`, () => {
      const packet = unfinished(kind, 100);
      for (const olFlags of [0n, receivedGood, receivedBad]) {
        const { sent } = topology.receive(first, packet, { olFlags });
        assert.deepEqual(packetIn(sent[0]).subarray(kind.offset), packet.subarray(kind.offset));
      }
    });
  }

  it('is never written as zero for UDP', () => {
    const datagram = udpDatagram(ports, new Uint8Array(2));
    const missing = transportChecksum(ends4, 17, datagram);
    new DataView(datagram.buffer).setUint16(8, missing);
    const packet = ipv4Packet({ ...ends4, protocol: 17 }, datagram);
    const { sent } = topology.receive(first, packet, { olFlags: receivedNone });
    assert.deepEqual(packetIn(sent[0]).subarray(26, 28), Uint8Array.of(0xff, 0xff));
  });

  it('is finished behind extension headers and VLAN tags', () => {
    const packet = ipv6Packet(
      { ...ends6, nextHeader: 60 },
      joinBytes(ipv6Options(6, new Uint8Array(0)), tcpSegment(ports, new Uint8Array(9))),
    );
    const { sent } = topology.receive(first, packet, { olFlags: receivedNone });
    assert.equal(transportChecksum(ends6, 6, packetIn(sent[0]).subarray(48)), 0);
    const inner = ipv4Packet({ ...ends4, protocol: 6 }, tcpSegment(ports, new Uint8Array(9)));
    const tag = Uint8Array.of(0, 5, 0x08, 0x00);
    for (const tags of [tag, Uint8Array.of(0, 7, 0x81, 0, ...tag)]) {
      const frame = etherFrame(
        { destination: second.host.mac, source: second.mac, etherType: 0x8100 },
        joinBytes(tags, inner),
      );
      const { sent } = send(frame, receivedNone);
      assert.equal(transportChecksum(ends4, 6, sent[0]?.bytes.subarray(34 + tags.length) ?? frame), 0);
    }
  });

  it('is left to a port that can finish it, with the pseudo header in place', () => {
    const flags = topology.bench.region('INTERFACES') + second.id * INTERFACE_RECORD_BYTES;
    topology.bench.view.setUint32(flags, 1 | 64, true);
    for (const kind of kinds) {
      const { sent } = topology.receive(first, unfinished(kind, 33), { olFlags: receivedNone });
      const frame = sent[0];
      assert.ok(frame);
      const segment = packetIn(frame).subarray(kind.offset);
      const [source, destination] = [parseAddress(kind.ends.source), parseAddress(kind.ends.destination)];
      const length = segment.length;
      const sum = folded(pseudoHeaderSum({ source, destination, protocol: kind.protocol, length }));
      assert.equal(new DataView(segment.slice().buffer).getUint16(kind.field), sum);
      assert.equal(frame.olFlags & sendUdp, kind.flag);
      assert.equal(frame.olFlags & (1n << 55n), kind.offset === 20 ? 1n << 55n : 0n);
      assert.equal(frame.olFlags & (1n << 56n), kind.offset === 40 ? 1n << 56n : 0n);
      assert.equal(Number(frame.txOffload & 0x7fn), 14);
      assert.equal(Number((frame.txOffload >> 7n) & 0x1ffn), kind.offset);
    }
    topology.bench.view.setUint32(flags, 1, true);
  });

  it('leaves no request behind once it is finished', () => {
    for (const kind of kinds) {
      const { sent } = topology.receive(first, unfinished(kind, 33), { olFlags: kind.flag });
      assert.equal((sent[0]?.olFlags ?? txMask) & txMask, 0n);
    }
  });

  it('takes every other wish of the sender with it, and those on frames that have no checksum', () => {
    const [cutTcp, ipChecksum, addTag] = [1n << 50n, 1n << 54n, 1n << 57n];
    const icmp = ipv4Packet({ ...ends4, protocol: 1 }, new Uint8Array(30));
    for (const olFlags of [cutTcp, ipChecksum, addTag, sendUdp, sendTcp | cutTcp | ipChecksum]) {
      const { sent } = topology.receive(first, icmp, { olFlags });
      assert.equal((sent[0]?.olFlags ?? olFlags) & olFlags, 0n);
      const frame = etherFrame(
        { destination: second.host.mac, source: second.mac, etherType: 0x88cc },
        new Uint8Array(50),
      );
      assert.equal((send(frame, olFlags).sent[0]?.olFlags ?? olFlags) & olFlags, 0n);
    }
  });

  it('of fragments and other protocols is nobody’s business', () => {
    const fragment = ipv4Packet(
      { ...ends4, protocol: 6, fragmentOffset: 64 },
      tcpSegment(ports, new Uint8Array(9)),
    );
    const icmp = ipv4Packet({ ...ends4, protocol: 1 }, new Uint8Array(30));
    const cut = ipv4Packet({ ...ends4, protocol: 6 }, new Uint8Array(17));
    for (const packet of [fragment, icmp, cut]) {
      const { sent } = topology.receive(first, packet, { olFlags: receivedNone });
      assert.deepEqual(packetIn(sent[0]).subarray(20), packet.subarray(20));
    }
  });

  it('is finished before a packet is cut into fragments', () => {
    topology.route('198.51.100.0/24', topology.neighbor(second, { mtu: 500 }));
    const pair = { ...ends4, destination: '198.51.100.1' };
    const packet = ipv4Packet({ ...pair, protocol: 6 }, tcpSegment(ports, new Uint8Array(901).fill(5)));
    const { sent } = topology.receive(first, packet, { olFlags: receivedNone });
    const segment = joinBytes(...sent.map((frame) => packetIn(frame).subarray(20)));
    assert.equal(transportChecksum(pair, 6, segment), 0);
  });
});

/** A packet whose checksum field holds the pseudo header's sum alone, as virtio leaves it. */
function unfinished(kind: (typeof kinds)[number], bytes: number): Uint8Array {
  const payload = Uint8Array.from({ length: bytes }, (_, i) => i * 11);
  const segment = kind.protocol === 6 ? tcpSegment(ports, payload) : udpDatagram(ports, payload);
  const [source, destination] = [parseAddress(kind.ends.source), parseAddress(kind.ends.destination)];
  const sum = pseudoHeaderSum({ source, destination, protocol: kind.protocol, length: segment.length });
  new DataView(segment.buffer).setUint16(kind.field, folded(sum));
  if (kind.offset === 40) return ipv6Packet({ ...kind.ends, nextHeader: kind.protocol }, segment);
  return ipv4Packet({ ...kind.ends, protocol: kind.protocol }, segment);
}

function folded(sum: number): number {
  const once = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return (once % 0x10000) + Math.floor(once / 0x10000);
}

/** Sends a finished frame by the second link. */
function send(frame: Uint8Array, olFlags: bigint) {
  return topology.bench.inject('frame-output', frame, { output: second.id, olFlags });
}
