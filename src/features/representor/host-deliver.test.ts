import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EVENT_BYTES, EVENT_SLOTS, WORKER_AREAS, WORKER_EVENTS } from '../../engine/layout.ts';
import {
  etherFrame,
  type Ipv4Fields,
  type Ipv6Fields,
  icmpMessage,
  icmpv6Message,
  ipv4Packet,
  ipv6Fragment,
  ipv6Packet,
  joinBytes,
  tcpSegment,
  transportChecksum,
  udpDatagram,
} from '../../net/frame/build.ts';
import { DELIVER_TO_TAP, DELIVER_TO_TUN, HOST_QUEUE } from './layout.ts';
import { handedOver, openHostBench } from './testing/host-bench.ts';

const topology = await openHostBench();
const [first, second] = topology.links;
const payload = Uint8Array.from({ length: 32 }, (_, i) => i);
const toAll = { destination: 'ff:ff:ff:ff:ff:ff' };
const toGroup = { destination: '33:33:00:00:00:05' };

describe('a packet to an address of ours that no stage takes', () => {
  it('goes to the TUN of its VRF, whole', () => {
    for (const bytes of [
      ipv4({ protocol: 17 }),
      ipv4({ protocol: 6 }),
      ipv6({ nextHeader: 17 }),
      ipv6({ nextHeader: 132 }),
    ]) {
      const { stage, iface, vrf, packet, data } = handedOver(topology.receive(first, bytes));
      assert.deepEqual([stage, iface, vrf, data[0]], ['host-deliver', first.id, 1, DELIVER_TO_TUN]);
      assert.deepEqual(packet, bytes);
    }
  });

  it('goes there too when the address is of another interface', () => {
    assert.equal(
      handedOver(topology.receive(first, ipv4({ destination: second.address4, protocol: 17 }))).data[0],
      DELIVER_TO_TUN,
    );
  });

  it('goes there as a fragment', () => {
    const fragment = ipv4({ protocol: 1, moreFragments: true });
    assert.deepEqual(handedOver(topology.receive(first, fragment)).packet, fragment);
    const header = ipv6Fragment({ nextHeader: 17, offset: 0, more: true, identification: 7 });
    const fragment6 = ipv6({ nextHeader: 44 }, joinBytes(header, payload));
    assert.deepEqual(handedOver(topology.receive(first, fragment6)).packet, fragment6);
  });

  it('goes as a frame to the TAP of its link when it is OSPF or EIGRP', () => {
    for (const protocol of [88, 89]) {
      for (const bytes of [ipv4({ protocol }), ipv6({ nextHeader: protocol })]) {
        assert.equal(handedOver(topology.receive(first, bytes)).data[0], DELIVER_TO_TAP);
      }
    }
  });
});

describe('a packet to a group of the link', () => {
  it('goes as a frame to the TAP of its link', () => {
    for (const destination of ['224.0.0.5', '255.255.255.255']) {
      const { data, iface } = handedOver(topology.receive(first, ipv4({ destination, protocol: 17 }), toAll));
      assert.deepEqual([data[0], iface], [DELIVER_TO_TAP, first.id]);
    }
    const bytes = ipv6({ destination: 'ff02::5', nextHeader: 89 });
    assert.equal(handedOver(topology.receive(first, bytes, toGroup)).data[0], DELIVER_TO_TAP);
  });

  it('goes there when it is ICMPv6 that daemons speak', () => {
    topology.take('icmp6', 134, 'host-deliver');
    const ends = { source: 'fe80::9', destination: 'ff02::1' };
    const advertisement = ipv6({ ...ends, nextHeader: 58 }, icmpv6Message({ type: 134 }, payload, ends));
    assert.equal(handedOver(topology.receive(first, advertisement, toGroup)).data[0], DELIVER_TO_TAP);
    topology.take('icmp6', 134, undefined);
  });
});

describe('a packet to a link-local address of ours', () => {
  it('goes as a frame to the TAP of its link', () => {
    const bytes = ipv6({ source: 'fe80::9', destination: first.linkLocal, nextHeader: 17 });
    assert.equal(handedOver(topology.receive(first, bytes)).data[0], DELIVER_TO_TAP);
  });
});

describe('a TCP or UDP checksum that its sender has left to the hardware', () => {
  const ends4 = { source: first.host.address4, destination: first.address4 };
  const ends6 = { source: first.host.address6, destination: first.address6 };
  const ports = { source: 1000, destination: 2000 };

  it('is finished before the host sees it', () => {
    for (const olFlags of [RX_L4_NONE, TX_TCP]) {
      for (const segmentBytes of [2000, 64]) {
        const tcp = handedOver(
          topology.receive(first, ipv4({ protocol: 6 }, unfinished(tcpSegment(ports, payload), 16)), {
            olFlags,
            segmentBytes,
          }),
        );
        assert.equal(transportChecksum(ends4, 6, tcp.packet.subarray(20)), 0);
        const udp = handedOver(
          topology.receive(first, ipv6({ nextHeader: 17 }, unfinished(udpDatagram(ports, payload), 6)), {
            olFlags,
            segmentBytes,
          }),
        );
        assert.equal(transportChecksum(ends6, 17, udp.packet.subarray(40)), 0);
      }
    }
  });

  it('is left alone when the port says nothing of it', () => {
    const bytes = ipv4({ protocol: 6 }, unfinished(tcpSegment(ports, payload), 16));
    assert.deepEqual(handedOver(topology.receive(first, bytes)).packet, bytes);
  });
});

describe('when the control thread is behind', () => {
  it('gets no more packets for the host, and still hears all else', () => {
    const { bench } = topology;
    pretendWaiting(bench.view, HOST_QUEUE - 2);
    const packet = ipv4({ protocol: 17 });
    const answer = ipv4({ protocol: 1 }, icmpMessage({ type: 0 }, payload));
    const frames = [packet, packet, answer].map((bytes) =>
      etherFrame({ destination: first.mac, source: first.host.mac, etherType: 0x0800 }, bytes),
    );
    const { ended } = bench.receive(first.port, frames);
    assert.deepEqual(ended, { punted: 2, 'host-queue-full': 1 });
    assert.equal(bench.buffersOut, 0);
  });
});

/** Puts events without packets in the worker's ring. */
function pretendWaiting(view: DataView, count: number): void {
  const ring = WORKER_AREAS + WORKER_EVENTS;
  const written = view.getUint32(ring, true);
  for (let i = 0; i < count; i++) {
    const slot = ring + 64 + ((written + i) % EVENT_SLOTS) * EVENT_BYTES;
    view.setUint32(slot + 4, 0, true);
  }
  view.setUint32(ring, written + count, true);
}

const RX_L4_NONE = (1n << 3n) | (1n << 8n);
const TX_TCP = 1n << 52n;

function ipv4(fields: Partial<Ipv4Fields>, content: Uint8Array = payload): Uint8Array {
  return ipv4Packet(
    { source: first.host.address4, destination: first.address4, protocol: 17, ...fields },
    content,
  );
}

function ipv6(fields: Partial<Ipv6Fields>, content: Uint8Array = payload): Uint8Array {
  return ipv6Packet(
    { source: first.host.address6, destination: first.address6, nextHeader: 17, ...fields },
    content,
  );
}

/** A segment whose checksum field holds something that only the hardware would have replaced. */
function unfinished(segment: Uint8Array, field: number): Uint8Array {
  return segment.with(field, 0x12).with(field + 1, 0x34);
}
