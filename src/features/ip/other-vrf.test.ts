import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ipv4Packet, ipv6Packet, udpDatagram } from '../../net/frame/build.ts';
import { Topology } from './testing/topology.ts';

// VRF 1 has the topology's links; routes lead from it into VRFs 2 and 3, and back.
const topology = await Topology.open();
const [first, second, third] = topology.links;
topology.openVrf(2);
topology.openVrf(3);
const inVrf = (vrf: number) => topology.nextHop({ stage4: 'ip4-vrf', stage6: 'ip6-vrf', mtu: 0, vrf });
const [inFirst, inSecond, inThird] = [inVrf(1), inVrf(2), inVrf(3)];
// Errors are sent from the VRF in which they arise.
for (const vrf of [2, 3]) {
  topology.route('10.0.1.0/24', inFirst, vrf);
  topology.route('2001:db8:1::/64', inFirst, vrf);
}

const families = [
  { name: 'IPv4', net: '198.51.100.0/24', narrow: '198.51.100.128/25', host: '198.51.100.200' },
  { name: 'IPv6', net: '2001:db8:99::/48', narrow: '2001:db8:99:1::/64', host: '2001:db8:99:1::7' },
] as const;

for (const { name, net, narrow, host } of families) {
  describe(`${name} packets whose route leads into another VRF`, () => {
    it('go where that VRF has a route to', () => {
      topology.route(net, inSecond);
      topology.route(net, topology.neighbor(second), 2);
      assert.deepEqual(portsOf(host), [second.port]);
    });

    it('go on into a third', () => {
      topology.route(narrow, inThird, 2);
      topology.route(narrow, topology.neighbor(third), 3);
      assert.deepEqual(portsOf(host), [third.port]);
      assert.deepEqual(portsOf(host, 1), [first.port], 'the error about the time to live');
    });

    it('are refused where that VRF has none', () => {
      topology.route(narrow, 0, 2);
      topology.route(net, 0, 2);
      const { ended } = topology.receive(first, packetTo(host));
      assert.deepEqual(ended, { sent: 1, [name === 'IPv4' ? 'ip4-no-route' : 'ip6-no-route']: 1 });
    });

    it('are dropped when VRFs lead them round', () => {
      topology.route(narrow, inFirst, 2);
      assert.deepEqual(topology.receive(first, packetTo(host)).ended, { 'vrf-loop': 1 });
    });
  });
}

function portsOf(destination: string, ttl = 9): readonly number[] {
  return topology.receive(first, packetTo(destination, ttl)).sent.map(({ port }) => port);
}

function packetTo(destination: string, ttl = 9): Uint8Array {
  if (!destination.includes(':')) {
    const source = first.host.address4;
    return ipv4Packet(
      { source, destination, ttl, protocol: 17 },
      udpDatagram({ source: 1000, destination: 2000 }, new Uint8Array(10)),
    );
  }
  const source = first.host.address6;
  return ipv6Packet({ source, destination, hopLimit: ttl, nextHeader: 59 }, new Uint8Array(0));
}
