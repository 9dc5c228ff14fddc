import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { during, iperf } from './witness/iperf.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';
import { hopsTo } from './witness/traceroute.ts';

// Inside are red (10.1.0.2) and blue (10.2.0.2). Outside is out (10.3.0.2), which knows no way to the others.
const { router, hosts } = await testTopology({ hosts: { red: {}, blue: {}, out: {} } });
const { red, blue, out } = hosts;
await out.ip('route del default via 10.3.0.1');
await assertNoPing(red, out.ip4, '-c 1');

const [rules = '', config = ''] = await examplesOf('docs/features/nat.md');
await router.ctl(rules);

const shared = '10.3.0.1';
const blueOutside = '10.3.0.9';
const sessions = () => router.list('conntrack show');
const ofProto = async (proto: string) => (await sessions()).filter((each) => each['proto'] === proto);

test('sources share an address, and each gets its answers', async () => {
  await using outside = await startCapture(out, out.device, 'icmp');
  await assertPings(red, out.ip4);
  const sources = new Set(await outside.dissected('icmp.type == 8', ['ip.src']));
  assert.deepEqual([...sources], [shared]);
  assert.deepEqual(await outside.faulty(), []);
  const [forward, reverse] = await ofProto('icmp');
  assert.deepEqual([forward?.['flow'], forward?.['src'], forward?.['dst']], ['fwd', red.ip4, out.ip4]);
  assert.deepEqual([reverse?.['flow'], reverse?.['src'], reverse?.['dst']], ['rev', out.ip4, shared]);
  assert.deepEqual([forward?.['state'], forward?.['iface']], ['established', 'out']);
});

test('TCP and UDP pass, with right checksums and states', async () => {
  await using outside = await startCapture(out, out.device, 'ip');
  assert.ok((await iperf(red, out, '-n 2M')).megabitsPerSecond > 0);
  assert.ok((await iperf(red, out, '-u -n 200K -b 20M')).lostPercent < 5);
  assert.deepEqual(await outside.faulty(), []);
  for (const { state } of await ofProto('tcp')) assert.match(String(state), /^(time-wait|closed)$/);
});

test('an address stands for a station, for who speaks to it and for what it sends', async () => {
  await assertPings(out, blueOutside);
  const server = { ip4: blueOutside, ip6: '', start: (line: string) => blue.start(line) };
  assert.ok((await iperf(out, server, '-n 2M')).megabitsPerSecond > 0);
  await using outside = await startCapture(out, out.device, 'icmp');
  await assertPings(blue, out.ip4);
  assert.deepEqual([...new Set(await outside.dissected('icmp.type == 8', ['ip.src']))], [blueOutside]);
  assert.deepEqual(await outside.faulty(), []);
});

test('errors find their way: traceroute shows the path from both sides', async () => {
  assert.deepEqual(await hopsTo(red, out.ip4), ['10.1.0.1', out.ip4]);
  assert.deepEqual(await hopsTo(out, blueOutside), [shared, blueOutside]);
});

test('a station inside reaches another one by the address that stands for it outside', async () => {
  const server = { ip4: blueOutside, ip6: '', start: (line: string) => blue.start(line) };
  await using seen = await startCapture(blue, blue.device, 'icmp or tcp');
  await assertPings(red, blueOutside);
  assert.ok((await iperf(red, server, '-n 2M')).megabitsPerSecond > 0);
  assert.deepEqual([...new Set(await seen.dissected('ip.dst == 10.2.0.2', ['ip.src']))], [shared]);
  assert.deepEqual(await seen.faulty(), []);
  assert.deepEqual(await hopsTo(red, blueOutside), [shared, blueOutside]);
  await assertPings(red, shared);
});

test('fragments follow their first one', async () => {
  await assertPings(red, out.ip4, '-s 4000');
  await assertPings(out, blueOutside, '-s 4000');
  await assertPings(red, blueOutside, '-s 4000');
});

test('the router itself speaks from the address that others share', async () => {
  assert.match(await router.ctl(`ping ${out.ip4} count 1`), new RegExp(out.ip4.replaceAll('.', '\\.')));
  await assertPings(out, shared);
});

test('IPv6 passes as it is', async () => {
  await assertPings(red, out.ip6);
});

test('a connection goes on when all sessions are ended, again and again', async () => {
  await during(iperf(red, out, '-t 4 -b 200M'), async () => {
    for (let i = 0; i < 8; i++) {
      await eventually(async () => assert.ok((await ofProto('tcp')).length > 0));
      await router.ctl('conntrack flush');
    }
    await eventually(async () => assert.ok((await ofProto('tcp')).length > 0));
  });
});

test('answers are found by another worker than the one that has sent', async () => {
  await router.ctl('affinity cpus set datapath 0,1');
  const cpus = [0, 1, 1];
  for (const [index, port] of ['red', 'blue', 'out'].entries())
    await router.ctl(`affinity qmap set ${port} rxq 0 cpu ${cpus[index]}`);
  await assertPings(red, out.ip4);
  assert.ok((await iperf(red, out, '-n 2M -P 4')).megabitsPerSecond > 0);
  await router.ctl('affinity cpus set datapath 1');
});

test('sessions are given up when their time is over, and no more come than there may be', async () => {
  await router.ctl(config);
  await router.ctl(
    'conntrack config set established-udp-timeout 1 time-wait-timeout 1 closed-timeout 1 max 2',
  );
  await router.ctl('conntrack flush');
  await assertPings(red, out.ip4, '-c 1');
  assert.ok((await sessions()).length <= 4);
  await eventually(async () => assert.deepEqual(await sessions(), []));
  const [shown] = await router.list('conntrack config show');
  assert.deepEqual([shown?.['max'], shown?.['used'], shown?.['established-tcp-timeout']], [2, 0, 7200]);
});

test('rules are refused that cannot be, and go with their interface', async () => {
  for (const [line, reason] of [
    ['dnat44 add interface out destination 10.3.0.9 replace 10.1.0.2', /EEXIST/],
    ['dnat44 add interface out destination 10.3.0.8 replace 10.2.0.2', /EEXIST/],
    ['dnat44 add interface nowhere destination 10.3.0.8 replace 10.1.0.2', /ENODEV/],
    ['snat44 add interface out subnet 10.1.0.0/16 replace 10.3.0.7', /EEXIST/],
    ['snat44 add interface out subnet 10.1.0.1/16 replace 10.3.0.7', /EINVAL/],
    ['interface set port out domain red', /EBUSY/],
  ] as const)
    assert.match((await router.attempt(line)).stderr, reason);
  await router.ctl('interface del out');
  assert.deepEqual([await router.list('dnat44 show'), await router.list('snat44 show')], [[], []]);
});
