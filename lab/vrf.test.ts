import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// Two customers with the same addresses: a1 and b1 are 10.1.0.2, a2 and b2 are 10.2.0.2.
const { router, hosts } = await testTopology({
  before: 'interface add vrf a rib4-routes 1000 rib6-routes 1000\ninterface add vrf b',
  hosts: {
    a1: { vrf: 'a', network: 1 },
    a2: { vrf: 'a', network: 2 },
    b1: { vrf: 'b', network: 1 },
    b2: { vrf: 'b', network: 2 },
  },
});
const { a1, a2, b1, b2 } = hosts;

for (const { family, address, filter } of [
  { family: 'IPv4', address: a2.ip4, filter: 'icmp' },
  { family: 'IPv6', address: a2.ip6, filter: 'icmp6 and ip6[40] = 128' },
]) {
  test(`${family}: the same addresses in two VRFs are different hosts`, async () => {
    await using toA = await startCapture(a2, a2.device, filter);
    await using toB = await startCapture(b2, b2.device, filter);
    await assertPings(a1, address);
    assert.deepEqual(await toB.lines(), []);
    const seenByA = (await toA.lines()).length;
    await assertPings(b1, address);
    assert.equal((await toA.lines()).length, seenByA);
  });
}

test("a VRF's routes, addresses and neighbours are its own", async () => {
  await router.ctl('route add 192.0.2.0/24 via 10.2.0.2 vrf a');
  const routes = await router.list('route show ipv4');
  assert.deepEqual(
    routes.filter(({ destination }) => destination === '192.0.2.0/24').map(({ vrf }) => vrf),
    ['a'],
  );
  await a2.ip(`address add 192.0.2.1/32 dev lo`);
  await assertPings(a1, '192.0.2.1');
  assert.match(await assertNoPing(b1, '192.0.2.1', '-c 1'), /Destination Net Unreachable/);
});

test("the router's own ping asks in the VRF that it is told", async () => {
  await using toB = await startCapture(b1, b1.device, 'icmp[0] = 8');
  assert.match(await router.ctl('ping 10.1.0.2 vrf a count 2 delay 20'), /2 received/);
  assert.deepEqual(await toB.lines(), []);
  assert.notEqual((await router.attempt('ping 10.1.0.2 count 1 delay 20')).status, 0);
});

test('an interface moves to another VRF with its addresses while the others forward', async () => {
  await router.ctl('interface set port b2 vrf main');
  await assertPings(a1, a2.ip4);
  assert.match(await assertNoPing(b1, b2.ip4, '-c 1'), /Unreachable/);
  await assertPings(b2, b2.gateway4);
  await assertPings(b2, b2.gateway6);
  await router.ctl('interface set port b2 vrf b');
  await assertPings(b1, b2.ip4);
  await assertPings(b1, b2.ip6);
});

test("a user's next hop keeps its own route when its interface moves to another VRF and back", async () => {
  await router.ctl('nexthop add l3 iface b2 id 77 address 10.2.0.2');
  const vrfsWithRoute = async () =>
    (await router.list('route show ipv4'))
      .filter(({ destination }) => destination === '10.2.0.2/32')
      .map(({ vrf }) => vrf);
  assert.ok((await vrfsWithRoute()).includes('b'));
  await router.ctl('interface set port b2 vrf main');
  assert.ok((await vrfsWithRoute()).includes('main'));
  assert.ok(!(await vrfsWithRoute()).includes('b'));
  await router.ctl('interface set port b2 vrf b');
  assert.ok((await vrfsWithRoute()).includes('b'));
  await router.ctl('nexthop del 77');
});

test('a VRF with interfaces is not deleted, an empty one is', async () => {
  const refused = await router.attempt('interface del b');
  assert.match(refused.stderr, /\(EBUSY\)/);
  await router.ctl('interface add vrf c\nroute add 0.0.0.0/0 via 10.1.0.2 vrf a\ninterface del c');
  assert.ok(!(await router.list('interface show type vrf')).some(({ name }) => name === 'c'));
});

test('255 VRFs come and go, and the 256th is refused', async () => {
  const there = (await router.list('interface show type vrf')).length;
  const names = Array.from({ length: 255 - there }, (_, index) => `v${index}`);
  const sizes = 'rib4-routes 16 fib4-tbl8 16 rib6-routes 16 fib6-tbl8 16';
  await router.ctl(names.map((name) => `interface add vrf ${name} ${sizes}`).join('\n'));
  assert.match((await router.attempt(`interface add vrf more ${sizes}`)).stderr, /\(ENOSPC\)/);
  await assertPings(a1, a2.ip4);
  await router.ctl(names.map((name) => `interface del ${name}`).join('\n'));
  assert.equal((await router.list('interface show type vrf')).length, there);
});
