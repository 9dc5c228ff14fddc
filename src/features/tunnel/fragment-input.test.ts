import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipv4Packet, ipv6Fragment, ipv6Packet, joinBytes, udpDatagram } from '../../net/frame/build.ts';
import { Topology } from '../ip/testing/topology.ts';

const PORT = 4789;
const FRAGMENTS = 44;
const topology = await Topology.open();
const { bench, links } = topology;
const [link] = links;
for (const what of ['protocol4', 'protocol6'] as const) {
  topology.take(what, FRAGMENTS, 'fragment-input');
  topology.take(what, 17, 'udp-input');
}
const place = bench.region('UDP_PORTS') + (((PORT & 0xff) << 8) | (PORT >> 8)) * 2;
bench.view.setUint16(place, bench.node('vxlan-input'), true);

const ends4 = { source: link.host.address4, destination: link.address4 };
const ends6 = { source: link.host.address6, destination: link.address6 };
const payload = Uint8Array.from({ length: 64 }, (_, i) => i);
const toTunnel = udpDatagram({ source: 50000, destination: PORT }, payload);
const toHost = udpDatagram({ source: 50000, destination: 53 }, payload);
const labels = joinBytes(Uint8Array.of(0, 0, 0x88, 0x47), payload);
const frames = joinBytes(Uint8Array.of(0, 0, 0x65, 0x58), payload);

const families = {
  IPv4: (protocol: number, bytes: Uint8Array, fragmentOffset: number) =>
    ipv4Packet({ ...ends4, protocol, fragmentOffset, moreFragments: true }, bytes),
  IPv6: (protocol: number, bytes: Uint8Array, offset: number) => {
    const header = ipv6Fragment({ nextHeader: protocol, offset, more: true, identification: 7 });
    return ipv6Packet({ ...ends6, nextHeader: FRAGMENTS }, joinBytes(header, bytes));
  },
} as const;

for (const [family, fragment] of Object.entries(families)) {
  const noHost = family === 'IPv4' ? 'ip4-local-fragment' : 'ip6-local-fragment';
  const ended = (protocol: number, bytes: Uint8Array, offset = 0) =>
    topology.receive(link, fragment(protocol, bytes, offset)).ended;

  test(`${family}: drops the first fragment of what is for a tunnel, under a name`, () => {
    assert.deepEqual(ended(17, toTunnel), { 'tunnel-fragment': 1 });
    assert.deepEqual(ended(47, labels), { 'tunnel-fragment': 1 });
  });

  test(`${family}: leaves all other fragments to the host`, () => {
    const others = [
      () => ended(17, toHost),
      () => ended(47, frames),
      () => ended(17, toTunnel, 64),
      () => ended(6, toTunnel),
      () => ended(17, toTunnel.subarray(0, 0)),
    ];
    for (const other of others) assert.deepEqual(other(), { [noHost]: 1 });
    topology.take(family === 'IPv4' ? 'protocol4' : 'protocol6', 0, 'host-deliver');
    assert.deepEqual(ended(17, toHost), { punted: 1 });
    topology.take(family === 'IPv4' ? 'protocol4' : 'protocol6', 0, undefined);
  });
}
