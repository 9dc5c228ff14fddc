import assert from 'node:assert/strict';
import { it } from 'node:test';
import { EVENT_BYTES, EVENT_SLOTS, WORKER_AREAS, WORKER_EVENTS } from '../../engine/layout.ts';
import { ipv4Packet, ipv6Packet, udpDatagram } from '../../net/frame/build.ts';
import { Topology } from '../ip/testing/topology.ts';
import { DHCP_QUEUE } from './layout.ts';

const topology = await Topology.open();
const { bench } = topology;
const [first, second] = topology.links;
const tables = bench.tables<{ setDhcpClient(iface: number, on: number): void }>(['setDhcpClient']);
for (const protocol of ['protocol4', 'protocol6'] as const) topology.take(protocol, 17, 'udp-input');
bench.view.setUint16(bench.region('UDP_PORTS') + (68 << 8) * 2, bench.node('dhcp-input'), true);
tables.setDhcpClient(first.id, 1);

const ports = { source: 67, destination: 68 };
const everybody = { source: '10.0.1.9', destination: '255.255.255.255' };
const datagram = ipv4Packet(
  { ...everybody, protocol: 17 },
  udpDatagram(ports, new Uint8Array(300), everybody),
);
const broadcast = { destination: 'ff:ff:ff:ff:ff:ff' };

it('hands what a server sends to everybody, or to our address, to the control thread, whole', () => {
  const toUs = { source: '10.0.1.9', destination: first.address4 };
  const unicast = ipv4Packet({ ...toUs, protocol: 17 }, udpDatagram(ports, new Uint8Array(300), toUs));
  for (const [packet, options] of [
    [datagram, broadcast],
    [unicast, {}],
  ] as const) {
    const { ended, events } = topology.receive(first, packet, options);
    assert.deepEqual(ended, { punted: 1 });
    assert.deepEqual(
      [events[0]?.stage, events[0]?.iface, events[0]?.packet],
      ['dhcp-input', first.id, packet],
    );
  }
});

it('leaves the rest to the host, if there is one', () => {
  const ends = { source: first.host.address6, destination: first.address6 };
  const packet6 = ipv6Packet({ ...ends, nextHeader: 17 }, udpDatagram(ports, new Uint8Array(30), ends));
  assert.deepEqual(topology.receive(second, datagram, broadcast).ended, { 'dhcp-no-client': 1 });
  assert.deepEqual(topology.receive(first, packet6).ended, { 'dhcp-no-client': 1 });
  topology.take('protocol4', 0, 'host-deliver');
  assert.equal(topology.receive(second, datagram, broadcast).events[0]?.stage, 'host-deliver');
  topology.take('protocol4', 0, undefined);
});

it('hears nothing from programs of this host, and nothing damaged', () => {
  const local = { iface: first.id, flags: 1, etherType: 0x0008, note: 28 };
  assert.deepEqual(bench.inject('dhcp-input', datagram, local).ended, { 'dhcp-not-from-link': 1 });
  const damaged = Uint8Array.from(datagram);
  damaged[100] = 1;
  assert.deepEqual(topology.receive(first, damaged, broadcast).ended, { 'udp-bad-checksum': 1 });
});

it('drops what comes too fast for the control thread, and leaves the rest of its ring to others', () => {
  const ring = WORKER_AREAS + WORKER_EVENTS;
  const written = bench.view.getUint32(ring, true);
  for (let i = 0; i < DHCP_QUEUE; i++)
    bench.view.setUint32(ring + 64 + ((written + i) % EVENT_SLOTS) * EVENT_BYTES + 4, 0, true);
  bench.view.setUint32(ring, written + DHCP_QUEUE, true);
  assert.deepEqual(topology.receiveOnce(first, datagram, broadcast).ended, { 'dhcp-queue-full': 1 });
});
