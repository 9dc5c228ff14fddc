import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from './eventually.ts';
import { connect, twoCustomers } from './two-customers.ts';
import { startCapture } from './witness/capture.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// VXLAN from A to B through labels in UDP, whose far end is known by a route; and labels in UDP through that VXLAN.
const pair = await twoCustomers();
const { a, b, red1, red2 } = pair;
await connect(pair, 'mplsoudp', 'IPv4');
await a.ctl(`
  address add 10.60.1.1/32 iface spare
  nexthop add mpls label 300 via 1000 id 1300
  route add 10.60.2.1/32 via id 1300
  label add 301 vrf main
  interface add vxlan vx60 vni 60 local 10.60.1.1
  flood vtep add 10.60.2.1 vni 60
  address add 10.70.0.1/24 iface vx60`);
await b.ctl(`
  address add 10.60.2.1/32 iface spare
  nexthop add mpls label 301 via 1000 id 1301
  route add 10.60.1.1/32 via id 1301
  label add 300 vrf main
  interface add vxlan vx60 vni 60 local 10.60.2.1
  flood vtep add 10.60.1.1 vni 60
  address add 10.70.0.2/24 iface vx60`);

test('VXLAN goes through labels in UDP, and comes out at the other end', async () => {
  await using onCore = await startCapture(b.namespace, 'v-core', 'udp dst port 6635');
  assert.match(await a.ctl('ping 10.70.0.2 count 3 delay 20'), / 3 received/);
  await onCore.stop();
  const fields = ['udp.dstport', 'mpls.label', 'vxlan.vni', 'icmp.type'];
  const seen = await onCore.dissected('icmp', fields);
  assert.deepEqual([...new Set(seen)], ['6635,4789\t300\t60\t8']);
  assert.deepEqual(await onCore.faulty(), []);
});

test('VXLAN takes what the labels leave, and follows them', async () => {
  const mtuOf = async () => (await a.list('interface show name vx60'))[0]?.mtu;
  await eventually(async () => assert.equal(await mtuOf(), 1500 - 28 - 4 - 50));
  await a.ctl('interface set port core mtu 1450');
  await eventually(async () => assert.equal(await mtuOf(), 1450 - 28 - 4 - 50));
  await a.ctl('interface set port core mtu 1500');
  await eventually(async () => assert.equal(await mtuOf(), 1500 - 28 - 4 - 50));
});

test('labels in UDP go through that VXLAN: two tunnels round the packets of a customer', async () => {
  await a.ctl('nexthop add mplsoudp remote 10.70.0.2 id 2000\nnexthop add mpls label 100 via 2000 id 2100');
  await a.ctl(`route add ${red2.ip4}/32 via id 2100 vrf red`);
  await using onCore = await startCapture(b.namespace, 'v-core', 'udp dst port 6635');
  await assertPings(red1, red2.ip4);
  await onCore.stop();
  const seen = await onCore.dissected('icmp.type == 8', ['udp.dstport', 'mpls.label', 'vxlan.vni']);
  assert.deepEqual([...new Set(seen)], ['6635,4789,6635\t300,100\t60']);
});

test('who sends too much is told what is left inside of all of them', async () => {
  const [{ mtu } = { mtu: 0 }] = (await a.list('mpls-tunnel')).filter(({ id }) => id === 2000);
  const left = Number(mtu) - 4;
  const said = await assertNoPing(red1, red2.ip4, '-c 1 -M do -s 1472');
  assert.match(said, new RegExp(`Frag needed and DF set \\(mtu = ${left}\\)`));
  await red1.run('ip route flush cache');
  await assertPings(red1, red2.ip4, '-c 1 -M dont -s 1472');
});

test('a tunnel that is led into itself by way of another is dropped by name, and nothing goes round', async () => {
  const before = await loops();
  await a.ctl('route add 10.50.0.1/32 via 10.70.0.2');
  assert.match((await a.attempt('ping 10.70.0.2 count 2 delay 20')).stdout, / 0 received/);
  await a.ctl('route del 10.50.0.1/32');
  assert.ok((await loops()) > before);
  assert.match(await a.ctl('ping 10.70.0.2 count 2 delay 20'), / 2 received/);
});

async function loops(): Promise<number> {
  return (await a.counted('vxlan-too-deep')) + (await a.counted('mpls-tunnel-loop'));
}
