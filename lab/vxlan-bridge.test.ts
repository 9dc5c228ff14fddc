import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from './eventually.ts';
import type { Host } from './host.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// A bridge with a local port and tunnels, whose far ends are bridges of Linux with a vxlan device each:
//
//   inside 10.70.0.1 ── br0 (10.70.0.254) ── vx700 ══ fabric 10.70.0.2
//                                                  ══ spare  10.70.0.3
const { router, hosts } = await testTopology({ hosts: { inside: {}, fabric: {}, spare: {} } });
const { inside, fabric, spare } = hosts;

async function addVtep(host: Host, vni: number, last: number) {
  await host.ip(`
    link add vx${vni} type vxlan id ${vni} dstport 4789 local ${host.ip4} remote 10.2.0.1
    link add lbr type bridge
    link set lbr address 02:00:00:00:70:0${last}
    link set vx${vni} master lbr mtu 1450
    link set vx${vni} up
    link set lbr up
    address add 10.70.0.${last}/24 dev lbr
    address add fd00:70::${last}/64 dev lbr nodad
  `);
}

await addVtep(fabric, 700, 2);
await addVtep(spare, 700, 3);
await inside.ip(`
  address flush dev ${inside.device} scope global
  address add 10.70.0.1/24 dev ${inside.device}
  address add fd00:70::1/64 dev ${inside.device} nodad
`);
await router.ctl(`
  address flush iface inside
  interface add bridge br0
  interface set port inside domain br0
  interface add vxlan vx700 vni 700 local 10.2.0.1 domain br0
  flood vtep add 10.2.0.2 vni 700
  flood vtep add 10.3.0.2 vni 700
  address add 10.70.0.254/24 iface br0
  address add fd00:70::254/64 iface br0
`);

test('a host on a port of the bridge reaches stations behind both far ends, by both families', async () => {
  for (const last of [2, 3]) {
    await assertPings(inside, `10.70.0.${last}`);
    await assertPings(inside, `fd00:70::${last}`);
  }
});

test('the bridge knows behind which far end a station is, and sends to that one alone', async () => {
  const entries = await eventually(async () => {
    const found = await router.list('fdb show bridge br0');
    const far = found
      .filter(({ mac }) => String(mac).startsWith('02:00:00:00:70:'))
      .map(({ mac, vtep }) => [mac, vtep]);
    assert.deepEqual(far.toSorted(), [
      ['02:00:00:00:70:02', '10.2.0.2'],
      ['02:00:00:00:70:03', '10.3.0.2'],
    ]);
    return found;
  });
  assert.ok(entries.some(({ mac, iface }) => mac === inside.mac && iface === 'inside'));
  await using atSpare = await startCapture(spare, 'vx700', 'icmp');
  await assertPings(inside, '10.70.0.2');
  assert.deepEqual(await atSpare.lines(), []);
});

test('the bridge itself is reached through the tunnel, and routes', async () => {
  await assertPings(fabric, '10.70.0.254');
  await assertPings(spare, 'fd00:70::254');
});

test('a static entry says behind which far end a station is', async () => {
  await router.ctl('fdb add 02:00:00:00:70:99 iface vx700 vtep 10.3.0.2');
  await inside.ip(`neigh add 10.70.0.99 lladdr 02:00:00:00:70:99 dev ${inside.device}`);
  await using atSpare = await startCapture(spare, 'vx700', 'host 10.70.0.99');
  await using atFabric = await startCapture(fabric, 'vx700', 'host 10.70.0.99');
  await assertNoPing(inside, '10.70.0.99', '-c 2');
  await eventually(async () => assert.ok((await atSpare.lines()).length >= 2));
  assert.deepEqual(await atFabric.lines(), []);
  const refused = await router.attempt('fdb add 02:00:00:00:70:98 iface vx700 vtep fd00:3::2');
  assert.match(refused.stderr, /\(EINVAL\)/);
});

test('what comes out of a tunnel goes into none: neither into the same nor into another', async () => {
  await router.ctl(`
    interface add vxlan vx701 vni 701 local 10.2.0.1 domain br0
    flood vtep add 10.3.0.2 vni 701`);
  await using atSpare = await startCapture(spare, spare.device, 'udp port 4789 and src host 10.2.0.1');
  await assertNoPing(fabric, '10.70.0.3', '-c 2');
  assert.deepEqual(await atSpare.dissected('arp.src.proto_ipv4 == 10.70.0.2'), []);
  await inside.run('ping -c 1 -W 1 10.70.0.77 || true');
  await eventually(async () => {
    const vnis = await atSpare.dissected('vxlan && arp', ['vxlan.vni']);
    assert.ok(vnis.includes('700') && vnis.includes('701'), vnis.join(' '));
  });
  await router.ctl('interface del vx701');
});

test('a tunnel that leaves the bridge is routed, and comes back', async () => {
  await router.ctl('interface set vxlan vx700 vrf main\naddress add 10.71.0.1/24 iface vx700');
  await fabric.ip('address add 10.71.0.2/24 dev lbr');
  assert.match(await router.ctl('ping 10.71.0.2 count 3 delay 50'), / 3 received/);
  await router.ctl('address flush iface vx700\ninterface set vxlan vx700 domain br0');
  await eventually(() => assertPings(inside, '10.70.0.2'));
});
