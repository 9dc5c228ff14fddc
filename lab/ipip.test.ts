import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { startIpEdge } from './witness/ip-edge.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// red (10.1.0.2) ── router ── fabric (10.2.0.2, fd00:2::2): Linux with the other ends of the tunnels of docs/features/ipip.md
const { router, hosts } = await testTopology({ hosts: { red: {}, fabric: {} } });
const { red, fabric } = hosts;

const tunnels = {
  over4: { ends: { local: '10.2.0.2', remote: '10.2.0.1' }, network: 100, mtu: 1480 },
  over6: { ends: { local: 'fd00:2::2', remote: 'fd00:2::1' }, network: 200, mtu: 1460 },
} as const;

for (const { ends, network } of Object.values(tunnels)) {
  const device = `t${network}`;
  const edge = await startIpEdge(fabric, { ...ends, device });
  after(() => edge.close());
  await fabric.ip(`
    link set ${device} mtu 1400
    address add 10.${network}.0.2/24 dev ${device}
    address add fd00:${network}::2/64 dev ${device} nodad
    route replace 10.1.0.0/24 dev t100
    route replace fd00:1::/64 dev t100
  `);
}
for (const lines of await examplesOf('docs/features/ipip.md')) await router.ctl(lines);
await fabric.ip('address add 10.99.0.2/32 dev lo\naddress add fd00:99::2/128 dev lo');

for (const [name, { network, mtu }] of Object.entries(tunnels)) {
  test(`${name}: both families reach the far end, from the router and through it, and come back`, async () => {
    await fabric.ip(`route replace 10.1.0.0/24 dev t${network}\nroute replace fd00:1::/64 dev t${network}`);
    await using capture = await startCapture(fabric, fabric.device, 'ip proto 4 or 41 or ip6 proto 4 or 41');
    for (const address of [`10.${network}.0.2`, `fd00:${network}::2`]) {
      assert.match(await router.ctl(`ping ${address} count 3 delay 20`), / 3 received/);
      await assertPings(red, address);
      await assertPings(fabric, address.replace(/2$/, '1'));
    }
    await eventually(async () =>
      assert.ok((await capture.dissected('icmp || icmpv6', ['frame.len'])).length >= 24),
    );
    assert.deepEqual(await capture.faulty(), []);
  });

  test(`${name}: what is too big is refused with the tunnel's MTU, or cut where it may be`, async () => {
    const said = await assertNoPing(red, `10.${network}.0.2`, '-c 1 -s 1472 -M do');
    assert.match(said, new RegExp(`Frag needed.*mtu = ${mtu}`, 'i'));
    await red.ip('route flush cache');
    await assertPings(red, `10.${network}.0.2`, '-s 1472 -M dont');
    const said6 = await assertNoPing(red, `fd00:${network}::2`, '-c 1 -s 1452 -M do');
    assert.match(said6, new RegExp(`Packet too big.*mtu=${mtu}`, 'i'));
  });
}

test('networks behind the far end are reached by a next hop without an address', async () => {
  await fabric.ip('route replace 10.1.0.0/24 dev t100\nroute replace fd00:1::/64 dev t100');
  await assertPings(red, '10.99.0.2');
  await assertPings(red, 'fd00:99::2');
});

test('a tunnel is shown, traced, counted and told of', async () => {
  const shown = await shownOf('over4');
  assert.equal(shown?.type, 'ipip');
  assert.match(JSON.stringify(shown), /"local":"10.2.0.1".*"remote":"10.2.0.2"/);
  const sent = async () => {
    const found = (await router.list('interface stats')).find((row) => row.interface === 'over4');
    return Number(found?.tx_packets);
  };
  const before = await sent();
  await router.ctl('trace enable iface red');
  await assertPings(red, '10.100.0.2');
  await router.ctl('trace disable iface red');
  assert.match(await router.ctl('trace show'), /ipip-output/);
  assert.ok((await sent()) >= before + 3);
  await using events = router.watch('events', 'replay', '50', 'type', 'iface add');
  await events.said(/over6 type=ipip/);
});

test('a change of the ends, of the local address and of the way below is followed', async () => {
  await router.ctl('address add 10.2.0.77/24 iface fabric');
  await using _ = await startIpEdge(fabric, { local: '10.2.0.2', remote: '10.2.0.77', device: 't77' });
  await fabric.ip('address add 10.77.0.2/24 dev t77\nlink set t100 down');
  await router.ctl('interface set ipip over4 local 10.2.0.77\naddress add 10.77.0.1/24 iface over4');
  await assertPings(fabric, '10.77.0.1');
  await router.ctl('address del 10.2.0.77/24 iface fabric');
  assert.equal((await shownOf('over4'))?.down, 'local-not-ours');
  await router.ctl('address add 10.2.0.77/24 iface fabric');
  await assertPings(fabric, '10.77.0.1');
  await router.ctl('interface set port fabric mtu 1400');
  await eventually(async () => assert.equal((await shownOf('over4'))?.mtu, 1380));
});

test('what cannot be is refused with what was expected', async () => {
  for (const [line, error] of [
    ['interface add ipip x local 10.2.0.77 remote 10.2.0.2', /\(EEXIST\).*those of over4/s],
    ['interface add ipip x local 10.2.0.1 remote fd00:2::2', /\(EINVAL\).*family of 10.2.0.1/s],
    ['interface add ipip x local 10.2.0.9 remote 10.2.0.2', /\(EADDRNOTAVAIL\)/],
    ['interface add ipip x local 10.2.0.1 remote 10.1.0.1', /\(EINVAL\).*ours on red/s],
    ['interface add ipip x local 10.2.0.1 remote 224.0.0.1', /\(EINVAL\)/],
    ['interface add vlan x parent over6 vlan_id 5', /\(EINVAL\)/],
    ['interface set port red domain over6', /\(EINVAL\)/],
    ['mpls enable over6', /\(EINVAL\)/],
  ] as const) {
    const { status, stderr } = await router.attempt(line);
    assert.notEqual(status, 0, line);
    assert.match(stderr, error);
  }
});

test("without a tunnel, IP in IP is the host's again", async () => {
  await router.ctl('interface del over4\ninterface del over6');
  assert.deepEqual(await router.list('interface show type ipip'), []);
  const delivered = await router.counted('host-deliver');
  await fabric.ip('link set t100 up');
  await assertNoPing(fabric, '10.100.0.1', '-c 1');
  await eventually(async () => assert.ok((await router.counted('host-deliver')) > delivered));
});

async function shownOf(name: string) {
  const [found] = await router.list(`interface show name ${name}`);
  return found;
}
