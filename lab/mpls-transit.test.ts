import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { eventually } from './eventually.ts';
import { Namespace } from './namespace.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { startLabelEdge } from './witness/label-edge.ts';
import { assertPings } from './witness/ping.ts';
import { hopsTo } from './witness/traceroute.ts';

// near ── edge ── west │ router │ east ── edge ── far: between the edges there are labels only, and the router knows
// no route to near or far.
const { router, hosts } = await testTopology({ hosts: { west: { network: 8 }, east: { network: 9 } } });
const ends = { west: new Namespace('near'), east: new Namespace('far') };
const networks = { west: 1, east: 2 };
const edges = await Promise.all([openEdge('west', 300, 401), openEdge('east', 301, 400)]);
after(async () => {
  for (const edge of edges) await edge.close();
  for (const end of Object.values(ends)) end.close();
});
await router.ctl(`
  nexthop add l3 iface east address 10.9.0.2 id 1
  nexthop add l3 iface west address 10.8.0.2 id 2
  label add 300 swap 400 nexthop 1
  label add 301 swap 401 nexthop 2
  mpls enable west
  mpls enable east
`);

for (const [family, destination, hop] of [
  ['IPv4', '10.2.0.2', '10.8.0.1'],
  ['IPv6', 'fd00:2::2', 'fd00:8::1'],
] as const) {
  test(`${family}: traceroute shows the router in the middle of a way of labels`, async () => {
    await assertPings(ends.west, destination, '-c 1');
    assert.deepEqual(await hopsTo(ends.west, destination), [hop, destination]);
  });
}

test('the errors are what tshark takes for right, and leave by the labels of what they are about', async () => {
  await using capture = await startCapture(hosts.east, hosts.east.device, 'mpls 400');
  await hopsTo(ends.west, '10.2.0.2');
  await hopsTo(ends.west, 'fd00:2::2');
  const fields = ['mpls.label', 'mpls.ttl', 'icmp.type', 'icmpv6.type'];
  await eventually(async () => {
    const errors = await capture.dissected('icmp.type == 11 || icmpv6.type == 3', fields);
    assert.deepEqual(errors, ['400\t254\t11\t', '400\t254\t\t3']);
  });
  assert.deepEqual(await capture.faulty(), []);
});

/** Starts the router at the end of a link, which speaks labels, with Linux behind it. */
async function openEdge(side: 'west' | 'east', push: number, take: number) {
  const [port] = await router.list(`interface show name ${side}`);
  const place = ends[side];
  const network = networks[side];
  const edge = await startLabelEdge(hosts[side], String(port?.mac), [
    { place, device: `tun${network}`, push: [push], take },
  ]);
  await place.run('sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1');
  // An error comes back by the way it went, which Linux takes for a detour: IPv6 redirects go nowhere instead of round.
  await place.run('sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0');
  await place.ip(`
    link set tun${network} mtu 1480 up
    address add 10.${network}.0.2/24 dev tun${network}
    address add fd00:${network}::2/64 dev tun${network} nodad
    route add default dev tun${network}
    route add ::/0 dev tun${network}
    route add blackhole fd00:8::1/128
  `);
  return edge;
}
