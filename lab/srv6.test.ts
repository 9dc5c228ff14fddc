import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// red (10.1.0.2, a customer) ── router ── fabric (fd00:2::2): Linux with seg6 and seg6local, and a network behind it
const { router, hosts } = await testTopology({
  before: 'interface add vrf customer',
  hosts: { red: { vrf: 'customer' }, fabric: {} },
});
const { red, fabric } = hosts;
const { device } = fabric;

await fabric.run(
  'sysctl -w net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1',
);
await fabric.run(`sysctl -w net.ipv6.conf.${device}.seg6_enabled=1`);
await fabric.run('ip sr tunsrc set fd00:2::2');
await fabric.ip(`
  address add 10.50.0.1/32 dev lo
  address add fd00:50::1/128 dev lo
  route add fd00:e::4/128 encap seg6local action End.DX4 nh4 0.0.0.0 dev ${device}
  route add fd00:e::6/128 encap seg6local action End.DT6 table 255 dev ${device}
  route add fd00:e::1/128 encap seg6local action End dev ${device}
  route add fd00:f::/64 via fd00:2::1
  route add fcbb:bb00:a::/48 via fd00:2::1
`);
const back = (segments: string) =>
  fabric.ip(`
    route replace 10.1.0.0/24 encap seg6 mode encap segs ${segments} dev ${device}
    route replace fd00:1::/64 encap seg6 mode encap segs ${segments} dev ${device}
  `);
await back('fd00:f::46');
const [customer = '', stations = '', compressed = ''] = await examplesOf('docs/features/srv6.md');
await router.ctl(customer);

for (const encap of ['h.encaps', 'h.encaps.red'])
  for (const way of ['', 'fd00:e::1 ', 'fd00:e::1 fd00:f::1 ']) {
    test(`${encap} by ${way}the last segment: Linux takes both families out, and puts them in again`, async () => {
      if (way.endsWith('fd00:f::1 ')) await router.ctl(stations);
      await router.ctl(`
        nexthop add srv6 seglist ${way}fd00:e::4 encap ${encap} id 4
        nexthop add srv6 seglist ${way}fd00:e::6 encap ${encap} id 6`);
      await using capture = await startCapture(fabric, device, 'ip6');
      await assertPings(red, '10.50.0.1');
      await assertPings(red, 'fd00:50::1');
      assert.deepEqual(await capture.faulty(), []);
    });
  }

test('Linux comes by SIDs of ours on its way, plain and compressed', async () => {
  await back('fd00:f::1,fd00:f::46');
  await assertPings(red, '10.50.0.1');
  await assertPings(red, 'fd00:50::1');
  await router.ctl(compressed);
  await router.ctl(`
    nexthop add srv6-local behavior end.dt46 table customer id 47
    route add fcbb:bb00:46::/48 via id 47`);
  await back('fcbb:bb00:a:46::');
  await assertPings(red, '10.50.0.1');
  await assertPings(red, 'fd00:50::1');
  await back('fd00:f::46');
});

test('lists speak from their src, from tunsrc, or from the way', async () => {
  await router.ctl('nexthop add srv6 seglist fd00:e::4 id 4');
  await using capture = await startCapture(fabric, device, 'dst fd00:e::4');
  const from = async (source: string) => {
    await assertPings(red, '10.50.0.1', '-c 1');
    await eventually(async () =>
      assert.equal((await capture.dissected('ipv6', ['ipv6.src'])).at(-1), source),
    );
  };
  await from('fd00:2::1');
  await router.ctl('tunsrc set fd00:f::99');
  assert.match(await router.ctl('tunsrc show'), /fd00:f::99/);
  await from('fd00:f::99');
  await router.ctl('nexthop add srv6 seglist fd00:e::4 src fd00:f::98 id 4');
  await from('fd00:f::98');
  await router.ctl('tunsrc clear\nnexthop add srv6 seglist fd00:e::4 id 4');
  await from('fd00:2::1');
});

test('what is too big is refused with what is left of the way', async () => {
  const said = await assertNoPing(red, '10.50.0.1', '-c 1 -s 1472 -M do');
  assert.match(said, /Frag needed.*mtu = 1436/i);
  await red.ip('route flush cache');
});

test('they are shown, and told of in a trace', async () => {
  const shown = await router.list('nexthop show');
  const types = shown.map((row) => row['type']);
  assert.ok(types.includes('SRv6') && types.includes('SRv6-local'), JSON.stringify(shown));
  assert.match(await router.ctl('nexthop show id 46'), /behavior=end.dt46.*table=customer/);
  await router.ctl('trace enable all');
  await assertPings(red, '10.50.0.1');
  await router.ctl('trace disable all');
  const trace = await router.ctl('trace show');
  for (const stage of ['srv6-output', 'srv6-local']) assert.ok(trace.includes(stage), trace);
});

test('what cannot be is refused with what was expected', async () => {
  for (const [line, error] of [
    ['nexthop add srv6 seglist 10.0.0.1', /\(EINVAL\).*IPv6/s],
    ['tunsrc set ff02::1', /\(EINVAL\)/],
    ['nexthop add srv6-local behavior end flavor psp,x', /expected psp, usd, next-csid/],
    ['nexthop add srv6-local behavior end flavor next-csid block-bits 100 csid-bits 60', /\(EINVAL\)/],
    ['nexthop add srv6-local behavior end.x nexthop 10.2.0.2 iface fabric', /\(EINVAL\).*IPv6/s],
    [`nexthop add srv6 seglist ${'fd00:e::4 '.repeat(17)}`, /\(E2BIG\).*16/s],
    ['interface del customer', /\(EBUSY\)/],
  ] as const) {
    const { status, stderr } = await router.attempt(line);
    assert.notEqual(status, 0, line);
    assert.match(stderr, error);
  }
});
