import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultPayload } from '../src/engine/testing/faults.ts';
import { etherFrame, ipv4Packet, udpDatagram } from '../src/net/frame/build.ts';
import { ordinary, withLargerRecords, withLargerRecordsAndTraps, withoutRoomForAnswers } from './builds.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { sendFrames } from './witness/frames.ts';
import { during, iperf } from './witness/iperf.ts';
import { assertPings } from './witness/ping.ts';

// Builds that lay interfaces, next hops, answers, forwarding tables, stations, tunnels, filters and rate limits out
// otherwise: all of them are written again.

const { router, hosts } = await testTopology({ flags: ['-M', ':9111'], hosts: { red: {}, blue: {} } });
const { red, blue } = hosts;
await router.ctl(`
  interface add bridge br0
  interface add port lan devargs net_null9,no-rx=1 domain br0
  fdb add 02:00:00:00:00:21 iface lan
  nexthop add l3 iface blue id 7 address ${blue.ip4}
  nexthop add group id 8 member 7 weight 3
  route add 192.0.2.0/24 via id 8
  interface add vxlan vx vni 100 local ${blue.gateway4}
  address add 10.100.0.1/24 iface vx
  flood vtep add ${blue.ip4} vni 100
  police add plenty cir 1g
  police bind plenty iface red in
  police add trickle cir 8k cbs 3036
  filter add from-red index 10 deny proto udp dport 4000
  filter add from-red index 20 permit proto udp dport 4001 police trickle
  filter set from-red default permit
  filter bind from-red iface red in
`);
await blue.ip(`
  address add 192.0.2.1/32 dev lo
  link add vx100 type vxlan id 100 dstport 4789 local ${blue.ip4} remote ${blue.gateway4}
  link set vx100 up mtu 1400
  address add 10.100.0.2/24 dev vx100
`);
const [{ mac: gatewayMac = '' } = {}] = (await router.list('interface show name red')) as { mac?: string }[];

test('a build with larger records takes over while hosts lose nothing, and all tables say what they said', async () => {
  const larger = await withLargerRecords();
  await assertAllReached();
  const before = await tables();
  const flow = iperf(red, blue, '-u -l 200 -b 1M -t 6');
  const { lostPercent } = await during(flow, async () => {
    for (const file of [larger, ordinary, larger]) await router.ctl(`datapath swap ${file}`);
  });
  assert.equal(lostPercent, 0);
  assert.deepEqual(await tables(), before);
  await assertAllReached();
});

test('filters and rate limits hold in each build that takes over, and count on', async () => {
  await assertHeld();
  for (const file of [ordinary, await withLargerRecords()]) {
    await router.ctl(`datapath swap ${file}`);
    await assertHeld();
  }
});

test('what changes after it changes there', async () => {
  await router.ctl(`
    route add 198.51.100.0/24 via ${blue.ip4}
    fdb add 02:00:00:00:00:22 iface lan
    address add 10.77.0.1/24 iface blue
  `);
  await blue.ip(
    `address add 198.51.100.1/32 dev lo\naddress add 10.77.0.2/24 dev ${blue.device}\naddress add 10.100.0.3/24 dev vx100`,
  );
  await assertPings(red, '198.51.100.1');
  await assertPings(red, '10.77.0.2');
  await assertPings(red, '10.100.0.3');
  await router.ctl(`datapath swap ${ordinary}`);
  await assertPings(red, '198.51.100.1');
  await assertPings(red, '10.77.0.2');
  assert.match(await router.ctl('fdb show bridge br0'), /02:00:00:00:00:22/);
  await assertAllReached();
});

test('nothing is left of the tables that a build had before', async () => {
  const larger = await withLargerRecords();
  const taken = async () => {
    for (const file of [larger, ordinary]) await router.ctl(`datapath swap ${file}`);
    return await settledTableBytes();
  };
  const first = await taken();
  assert.equal(await taken(), first);
});

test('a build whose tables have no room for what there is is refused, and nothing has changed', async () => {
  const [before, build] = [await tables(), await router.ctl('datapath')];
  const { status, stderr } = await router.attempt(`datapath swap ${await withoutRoomForAnswers()}`);
  assert.equal(status, 1);
  assert.match(stderr, /\(EINVAL\)/);
  assert.match(stderr, /room in the set of addresses.*; nothing has changed/);
  assert.equal(await router.ctl('datapath'), build);
  assert.deepEqual(await tables(), before);
  await assertAllReached();
});

test('a build with larger records that traps in its first second goes, with what has changed meanwhile', async () => {
  const before = await router.ctl('datapath');
  const swapping = router.attempt(`datapath swap ${await withLargerRecordsAndTraps()}`);
  await eventually(async () => assert.notEqual(await router.ctl('datapath'), before), { everyMs: 10 });
  await router.ctl(`route add 203.0.113.0/24 via ${blue.ip4}`);
  await sendFrames(red, Array<Uint8Array>(20).fill(faulty()));
  const { status, stderr } = await swapping;
  assert.equal(status, 1);
  assert.match(stderr, /\(ECANCELED\)[\s\S]*a trap of worker 0 in ip4-forward: .*runs again/);
  assert.equal(await router.ctl('datapath'), before);
  await blue.ip('address add 203.0.113.1/32 dev lo');
  await assertPings(red, '203.0.113.1');
  await assertAllReached();
});

/** Hosts reach each other by a neighbour, by a group and by a tunnel, and the router answers for its addresses. */
async function assertAllReached(): Promise<void> {
  for (const address of [blue.ip4, blue.ip6, '192.0.2.1', '10.100.0.2', red.gateway4, red.gateway6])
    await assertPings(red, address);
  await red.ip(`neighbor flush dev ${red.device}`);
  await assertPings(red, blue.ip4);
}

/** Of what red sends at once, the filter denies what it has a rule for, and the limit lets its burst of three frames pass. */
async function assertHeld(): Promise<void> {
  const before = await held();
  const frames = [
    ...Array<Uint8Array>(5).fill(datagram(4000)),
    ...Array<Uint8Array>(30).fill(datagram(4001)),
  ];
  await sendFrames(red, frames);
  const [denied = 0, green = 0, beyond = 0] = await eventually(async () => {
    const grown = (await held()).map((count, i) => count - (before[i] ?? 0));
    assert.equal(sumOf(grown), frames.length);
    return grown;
  });
  assert.equal(denied, 5);
  assert.ok(green >= 3 && green < 10, `${green} passed, ${beyond} did not`);
}

/** What the rule has denied, and what the limit of the other has let pass and has not. */
async function held(): Promise<readonly number[]> {
  const rule = (await router.list('filter stats from-red')).find(({ index }) => index === 10);
  const limit = (await router.list('police stats')).find(({ name }) => name === 'trickle');
  return [rule?.packets, limit?.green_packets, limit?.red_packets].map(Number);
}

/** A frame of 1000 bytes from red to blue. */
function datagram(port: number): Uint8Array {
  const bytes = udpDatagram({ source: 7, destination: port }, new Uint8Array(958));
  const packet = ipv4Packet({ source: red.ip4, destination: blue.ip4, protocol: 17 }, bytes);
  return etherFrame({ destination: gatewayMac, source: red.mac, etherType: 0x0800 }, packet);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** What tables have taken of the memory that they grow by, once nothing has come back for half a second. */
async function settledTableBytes(): Promise<number> {
  const read = async () => {
    const text = await router.namespace.run('curl -s http://127.0.0.1:9111/metrics');
    return Number(/^millrace_table_memory_bytes\{state="in_use"\} (\d+)$/m.exec(text)?.[1]);
  };
  let before = Number.NaN;
  const settled = async () => {
    const [last, bytes] = [before, await read()];
    before = bytes;
    assert.equal(bytes, last);
    return bytes;
  };
  return await eventually(settled, { everyMs: 500 });
}

/** Routes, filters, rate limits, next hops and stations; hosts say of their link-local addresses when they like. */
async function tables() {
  const rows = (await router.list('nexthop')).filter(({ addr }) => !String(addr).startsWith('fe80'));
  const neighbors = rows.map(({ id, addr, mac }) => `${id} ${addr} ${mac}`);
  const stations = (await router.list('fdb')).map(({ mac, iface, flags }) => `${mac} ${iface} ${flags}`);
  const [routes, filters, limits] = [
    await router.ctl('route'),
    await router.ctl('filter'),
    await router.ctl('police'),
  ];
  return { routes, filters, limits, neighbors: neighbors.sort(), stations: stations.sort() };
}

/** One UDP packet from red to blue that lets ip4-forward of the faulty build trap. */
function faulty(): Uint8Array {
  const payload = faultPayload({ stage: 'ip4-forward', kind: 'unreachable' });
  const packet = ipv4Packet(
    { source: red.ip4, destination: blue.ip4, protocol: 17 },
    udpDatagram({ source: 7, destination: 9 }, payload),
  );
  return etherFrame({ destination: gatewayMac, source: red.mac, etherType: 0x0800 }, packet);
}
