import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etherFrame, joinBytes } from '../src/net/frame/build.ts';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import type { Host } from './host.ts';
import { testTopology } from './testing.ts';
import { type Capture, startCapture } from './witness/capture.ts';
import { sendFrames } from './witness/frames.ts';
import { iperf } from './witness/iperf.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// One bridge of three ports, a and b by TAPs and c by a veth, and a host d behind a routed port.
const { router, hosts } = await testTopology({
  hosts: { a: {}, b: {}, c: { link: 'veth' }, d: {} },
});
const { a, b, c, d } = hosts;
const [setUp = '', bound = '', changed = ''] = await examplesOf('docs/features/bridge.md');
await router.ctl([a, b, c].map(({ label }) => `address flush iface ${label}`).join('\n'));
await router.ctl(setUp);
await router.ctl('interface set bridge br0 mac 02:00:00:00:50:01');
const stations = [a, b, c].map((host, index) => ({ host, ...addressesOf(11 + index) }));
await Promise.all(
  stations.map(({ host, ip4, ip6 }) =>
    host.ip(`
      address flush dev ${host.device} scope global
      address add ${ip4}/24 dev ${host.device}
      address add ${ip6}/64 dev ${host.device} nodad
      route replace default via 10.50.0.1
      route replace default via fd00:50::1 dev ${host.device}
    `),
  ),
);

const MADE_UP = '02:00:00:00:99:01';

test('hosts reach each other through the bridge, by IPv4 and IPv6, whatever their ports are', async () => {
  for (const from of stations)
    for (const to of stations.filter((each) => each !== from)) {
      await assertPings(from.host, to.ip4, '-c 1');
      await assertPings(from.host, to.ip6, '-c 1');
    }
  await assertPings(a, '10.50.0.13', '-s 1472 -M do');
  await using received = await startCapture(c, c.device);
  await iperf(a, station(c, 13), '-n 1M');
  await iperf(a, station(c, 13), '-6 -n 1M');
  await received.stop();
  assert.deepEqual(await received.faulty(), []);
});

test('the bridge shows its members, and behind which of them each station is', async () => {
  const [shown] = await router.list('interface show name br0');
  assert.deepEqual(shown?.['bridge_members'], ['a', 'b', 'c']);
  assert.equal(shown?.['mode'], 'VRF');
  assert.deepEqual(shown?.['flags'], ['up', 'running']);
  const [member] = await router.list('interface show name a');
  assert.deepEqual([member?.['mode'], member?.['domain']], ['bridge', 'br0']);
  for (const { host } of stations) assert.equal((await entryOf(host.mac))?.['iface'], host.label);
  assert.match(await router.ctl('fdb show bridge br0'), /BRIDGE +MAC +VLAN +IFACE +VTEP +FLAGS +AGE/);
});

test('a frame for a known station is seen by nobody else', async () => {
  await using seen = await startCapture(c, c.device, 'icmp or icmp6');
  await assertPings(a, '10.50.0.12');
  await assertPings(a, 'fd00:50::12');
  assert.deepEqual(await seen.lines('icmp[0] = 8 or icmp6[0] = 128'), []);
});

test('the bridge itself is routed: a gateway for its stations, and a host among them', async () => {
  for (const { host } of stations) {
    await assertPings(host, '10.50.0.1', '-c 1');
    await assertPings(host, 'fd00:50::1', '-c 1');
    await assertPings(host, d.ip4, '-c 1');
    await assertPings(d, addressesOf(11 + stations.findIndex((each) => each.host === host)).ip6, '-c 1');
  }
  assert.match(await router.ctl('ping 10.50.0.12 count 2 delay 20'), /2 received/);
  assert.match(await router.ctl('ping fd00:50::13 count 2 delay 20'), /2 received/);
  await iperf(d, station(b, 12), '-6 -n 1M');
});

test('a station that shows up elsewhere has moved, and is told as an event', async () => {
  await using events = router.watch('events', 'show');
  await eventually(async () => {
    await assertShowsUp(a);
    await assertShowsUp(c);
    assert.match(events.stdout, new RegExp(`fdb move: bridge=br0 ${MADE_UP} iface=c`));
  });
  await router.ctl(`fdb del bridge br0 ${MADE_UP}`);
  assert.equal(await entryOf(MADE_UP), undefined);
  await events.said(new RegExp(`fdb del: bridge=br0 ${MADE_UP}`));
});

test('a station that a user has bound to a member stays there', async () => {
  await router.ctl(`fdb add ${MADE_UP} iface b`);
  await sendFrames(a, [from(MADE_UP, b.mac)]);
  await using atC = await startCapture(c, c.device, `ether dst ${MADE_UP}`);
  await using atB = await startCapture(b, b.device, `ether dst ${MADE_UP}`);
  await sendFrames(a, [from(a.mac, MADE_UP)]);
  await eventually(async () => assert.equal(await framesIn(atB), 1));
  assert.deepEqual(await atC.lines(), []);
  const entry = await entryOf(MADE_UP);
  assert.deepEqual([entry?.['iface'], entry?.['flags']], ['b', ['static']]);
  assert.equal((await router.list('fdb show static')).length, 1);
  await router.ctl('fdb flush bridge br0');
  assert.equal((await entryOf(MADE_UP))?.['iface'], 'b', 'a flush leaves what a user has said');
  await router.ctl('fdb flush bridge br0 all');
  assert.equal(await entryOf(MADE_UP), undefined);
});

test('the lines of the documentation do what they say', async () => {
  assert.match(await router.ctl(bound), new RegExp(`br0 +${MADE_UP} +b +static`));
  assert.equal(await entryOf(MADE_UP), undefined);
  await router.ctl(changed);
  const [shown] = await router.list('interface show name br0');
  assert.deepEqual([shown?.ageing_time, shown?.flood, shown?.neigh_suppress], [60, false, true]);
  await router.ctl('interface set bridge br0 ageing_time 300 flood on neigh_suppress off');
});

test('a silent station is forgotten after the ageing time', async () => {
  await router.ctl('interface set bridge br0 ageing_time 2');
  await eventually(async () => {
    await sendFrames(a, [from(MADE_UP, b.mac)]);
    assert.ok(await entryOf(MADE_UP));
  });
  await eventually(async () => assert.equal(await entryOf(MADE_UP), undefined));
  await router.ctl('interface set bridge br0 ageing_time 300');
});

test('a bridge that suppresses answers ARP and ND for those it knows, and asks nobody else', async () => {
  await router.ctl('interface set bridge br0 neigh_suppress on');
  for (const host of [a, b, c]) await host.run('ip neigh flush all');
  for (const each of ['10.50.0.12', 'fd00:50::12', '10.50.0.13', 'fd00:50::13']) await assertPings(a, each);
  for (const host of [a, b]) await host.run('ip neigh flush all');
  await using atC = await startCapture(c, c.device, 'arp[6:2] = 1 or icmp6[0] = 135');
  await using atB = await startCapture(b, b.device, 'arp[6:2] = 1 or icmp6[0] = 135');
  await assertPings(a, '10.50.0.12', '-c 1');
  await assertPings(a, 'fd00:50::12', '-c 1');
  assert.match(await a.run('ip neigh show to 10.50.0.12'), new RegExp(`lladdr ${b.mac}`));
  assert.match(await a.run('ip neigh show to fd00:50::12'), new RegExp(`lladdr ${b.mac}`));
  assert.deepEqual((await atC.lines()).filter(asksFor('10.50.0.12', 'fd00:50::12')), []);
  assert.deepEqual((await atB.lines()).filter(asksFor('10.50.0.12', 'fd00:50::12')), []);
  await a.attempt('ping -c 1 -W 1 10.50.0.99');
  await eventually(async () => assert.notDeepEqual((await atC.lines()).filter(asksFor('10.50.0.99')), []));
  await assertPings(a, '10.50.0.1', '-c 1');
  await assertPings(a, d.ip4, '-c 1');
  await router.ctl('interface set bridge br0 neigh_suppress off');
});

test('frames to unknown stations are flooded, or not, as the user says', async () => {
  await using atC = await startCapture(c, c.device, `ether dst ${MADE_UP}`);
  await sendFrames(a, [from(a.mac, MADE_UP)]);
  await eventually(async () => assert.equal(await framesIn(atC), 1));
  const before = await router.counted('bridge-unknown-unicast'); // the documentation's lines did not flood for a while
  await router.ctl('interface set bridge br0 flood off');
  await sendFrames(a, [from(a.mac, MADE_UP)]);
  await eventually(async () => assert.equal(await router.counted('bridge-unknown-unicast'), before + 1));
  assert.equal(await framesIn(atC), 1);
  await assertPings(a, '10.50.0.13');
  await router.ctl('interface set bridge br0 flood on');
});

test('no more stations are learnt than the limit allows, which is said once, and all still reach each other', async () => {
  await using events = router.watch('events', 'show');
  await router.ctl('fdb config set max 2');
  const strangers = [1, 2, 3, 4].map((last) => `02:00:00:00:98:0${last}`);
  await eventually(async () => {
    await router.ctl('fdb flush bridge br0 all');
    await sendFrames(
      a,
      strangers.map((mac) => from(mac, b.mac)),
    );
    const [config] = await router.list('fdb config show');
    assert.equal(config?.['used'], 2);
    await sendFrames(a, [from('02:00:00:00:98:09', b.mac)]);
    assert.ok(Number(config?.['unlearnt']) > 0);
    assert.match(events.stdout, /fdb full: max=2/);
  });
  await assertPings(b, '10.50.0.13');
  await router.ctl('fdb config set max 131072');
  await eventually(() => assertLearnt(b));
});

test('a VLAN of another port is a member like any other: its tag is on its own link only', async () => {
  await router.ctl('interface add vlan d.7 parent d vlan_id 7 domain br0');
  await using atB = await startCapture(b, b.device, `ether src ${MADE_UP}`);
  await using atD = await startCapture(d, d.device, `ether dst ${MADE_UP}`);
  await eventually(async () => {
    await sendFrames(d, [tagged(from(MADE_UP, b.mac), 7)]);
    assert.equal((await entryOf(MADE_UP))?.['iface'], 'd.7');
    await sendFrames(b, [from(b.mac, MADE_UP)]);
    assert.ok((await atB.dissected('eth.type == 0x88b5')).length > 0);
    assert.ok((await atD.dissected('vlan.id == 7 and vlan.etype == 0x88b5')).length > 0);
  });
  await assertPings(d, d.gateway4);
  await router.ctl('interface del d.7');
  assert.equal(await entryOf(MADE_UP), undefined);
});

test('nonsense is refused with the reason', async () => {
  await router.ctl('interface add bridge br1');
  for (const [line, reason] of [
    ['interface set bridge br1 domain br1', /expected/],
    ['interface set bridge br1 domain br0', /br1, a bridge|no domain/],
    ['interface set port d domain br1', /an interface without addresses/],
    ['interface add bridge br2 ageing_time 0', /ageing_time/],
    ['fdb add 02:00:00:00:00:77 iface d', /a member of a bridge/],
    ['fdb add 01:00:5e:00:00:01 iface a', /the MAC address of one station/],
    ['fdb add 02:00:00:00:50:01 iface a', /that of br0 itself/],
    ['fdb del bridge br1 02:00:00:00:00:77', /a station that br1 knows/],
    ['address add 10.77.0.1/24 iface a', /one that is bound to br0/],
  ] as const) {
    const { status, stderr } = await router.attempt(line);
    assert.notEqual(status, 0, line);
    assert.match(stderr, reason, line);
  }
  await router.ctl('interface del br1');
});

test('a bridge that is down passes nothing, and a member that goes is forgotten with its stations', async () => {
  await router.ctl('interface set bridge br0 down');
  await assertNoPing(a, '10.50.0.12', '-c 2');
  await router.ctl('interface set bridge br0 up');
  await assertPings(a, '10.50.0.12');
  await assertPings(c, '10.50.0.12');
  await router.ctl('interface set port c vrf main');
  assert.equal(await entryOf(c.mac), undefined);
  await assertNoPing(c, '10.50.0.12', '-c 2');
  await router.ctl('interface set port c domain br0');
  await assertPings(c, '10.50.0.12');
});

test('a bridge that is deleted releases its members', async () => {
  await router.ctl('interface del br0');
  const [released] = await router.list('interface show name a');
  assert.deepEqual([released?.['mode'], released?.['vrf']], ['VRF', 'main']);
  assert.deepEqual(await router.list('fdb show'), []);
  await assertNoPing(a, '10.50.0.12', '-c 1');
  await router.ctl('address add 10.50.0.1/24 iface a');
  await assertPings(a, '10.50.0.1');
});

function addressesOf(number: number) {
  return { ip4: `10.50.0.${number}`, ip6: `fd00:50::${number}` };
}

/** A host as it is known on the bridge. */
function station(host: Host, number: number) {
  return { ...addressesOf(number), start: (line: string) => host.start(line) };
}

/** How many frames a capture has seen: tcpdump shows the bytes of types that it does not know on lines of their own. */
async function framesIn(capture: Capture): Promise<number> {
  return (await capture.lines()).filter((line) => !line.startsWith('\t')).length;
}

async function entryOf(mac: string) {
  return (await router.list('fdb show')).find((entry) => entry['mac'] === mac);
}

async function assertShowsUp(host: Host): Promise<void> {
  await sendFrames(host, [from(MADE_UP, b.mac)]);
  await eventually(async () => assert.equal((await entryOf(MADE_UP))?.['iface'], host.label));
}

async function assertLearnt(host: Host): Promise<void> {
  await sendFrames(host, [from(host.mac, a.mac)]);
  assert.ok(await entryOf(host.mac));
}

/** Tells the questions of a capture for some addresses. */
function asksFor(...addresses: readonly string[]): (line: string) => boolean {
  return (line) => addresses.some((each) => line.includes(`who-has ${each}`));
}

function tagged(frame: Uint8Array, vlan: number): Uint8Array {
  return joinBytes(frame.subarray(0, 12), Uint8Array.of(0x81, 0, 0, vlan), frame.subarray(12));
}

function from(source: string, destination: string): Uint8Array {
  return etherFrame({ source, destination, etherType: 0x88b5 }, new Uint8Array(46));
}
