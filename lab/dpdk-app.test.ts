import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { appMac, DpdkApp } from './dpdk-app.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertFlows } from './witness/iperf.ts';
import { assertPings } from './witness/ping.ts';
import { hopsTo } from './witness/traceroute.ts';

// red is in VRF main, blue in VRF inside, and the only way between them leads through a DPDK application.
const { router, hosts } = await testTopology({
  before: 'interface add vrf inside',
  hosts: { red: {}, blue: { vrf: 'inside' } },
});
const { red, blue } = hosts;
const app = new DpdkApp({ directory: router.directory, ports: 2 });
after(() => app.close());

await router.ctl(`
  interface add port left devargs ${app.devargs(0)}
  interface add port right devargs ${app.devargs(1)} vrf inside
  address add 10.9.0.1/24 iface left
  address add fd00:9::1/64 iface left
  address add 10.9.0.2/24 iface right
  address add fd00:9::2/64 iface right
  route add 10.2.0.0/24 via 10.9.0.2
  route add fd00:2::/64 via fd00:9::2
  route add 10.1.0.0/24 via 10.9.0.1 vrf inside
  route add fd00:1::/64 via fd00:9::1 vrf inside
`);
await app.forward('io');

test('ports to a DPDK application run once it serves its sockets', async () => {
  await eventually(async () => {
    const ports = await router.list('interface show type port');
    for (const { flags } of ports) assert.deepEqual(flags, ['up', 'running']);
  });
});

test('a DPDK application forwards between two VRFs, both families', async () => {
  const before = await app.counted(0);
  await assertPings(red, blue.ip4);
  await assertPings(red, blue.ip6);
  assert.deepEqual(await hopsTo(red, blue.ip4), [red.gateway4, '10.9.0.2', blue.ip4]);
  assert.deepEqual(await hopsTo(red, blue.ip6), [red.gateway6, 'fd00:9::2', blue.ip6]);
  const { received } = await app.counted(0);
  assert.ok(received >= before.received + 6, `${received} packets`);
});

test('TCP through the DPDK application arrives with right checksums', async () => {
  await using received = await startCapture(blue, blue.device);
  await assertFlows(red, blue, '-4 -n 2M');
  await received.stop();
  assert.deepEqual(await received.faulty(), []);
});

test('a DPDK application answers ARP and ping for any address', async () => {
  await app.forward('icmpecho');
  await assertPings(red, '10.9.0.77');
  assert.match(await router.ctl('ping 10.9.0.78 count 2 delay 50'), /2 received, 0% packet loss/);
});

test('a DPDK application that sends everything back answers IPv6 too, through a static neighbour', async () => {
  await app.forward('5tswap', [0]);
  await router.ctl(`nexthop add l3 iface left address fd00:9::77 mac ${appMac(0)}`);
  await assertPings(red, 'fd00:9::77');
});

test('a DPDK application that ends takes the link down, and a new one has it again', async () => {
  await app.close();
  const flagsOf = async () => (await router.list('interface show name left'))[0]?.flags;
  await eventually(async () => assert.deepEqual(await flagsOf(), ['up']));
  await using again = new DpdkApp({ directory: router.directory, ports: 2 });
  await again.forward('io');
  await eventually(async () => assert.deepEqual(await flagsOf(), ['up', 'running']));
  await eventually(() => assertPings(red, blue.ip4, '-c 1'));
});
