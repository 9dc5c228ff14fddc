import assert from 'node:assert/strict';
import { test } from 'node:test';
import { etherFrame } from '../src/net/frame/build.ts';
import { arpMessage } from '../src/net/frame/build-arp.ts';
import { parseIpv4 } from '../src/net/ipv4.ts';
import { parseMac } from '../src/net/mac.ts';
import { eventually } from './eventually.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { sendFlows, sendFrames } from './witness/frames.ts';
import { assertNoPing, assertPings, unansweredDuring } from './witness/ping.ts';

const { router, hosts } = await testTopology({ hosts: { red: {}, blue: {} } });
const { red, blue } = hosts;

const families = [
  { family: 'IPv4', own: blue.ip4, nobody: '10.2.0.99', fixed: '10.2.0.50', arp: 'arp' },
  {
    family: 'IPv6',
    own: blue.ip6,
    nobody: 'fd00:2::99',
    fixed: 'fd00:2::50',
    arp: '(icmp6 and ip6[40] = 135)',
  },
];

for (const { family, own, nobody, fixed, arp } of families) {
  test(`${family}: packets wait for a neighbour that is asked for, and none is lost`, async () => {
    await router.ctl('nexthop flush origin learn');
    await using received = await startCapture(blue, blue.device, 'udp dst port 9');
    await sendFlows(red, own, 50);
    await eventually(async () => assert.equal((await received.lines()).length, 50));
    assert.equal((await neighbor(own))?.state, 'reachable');
    assert.equal((await neighbor(own))?.mac, blue.mac);
  });

  test(`${family}: a neighbour that nobody answers for fails, and its packets are refused`, async () => {
    await router.ctl('nexthop config set bcast-probes 1 ucast-probes 1');
    const said = await assertNoPing(red, nobody, '-c 1 -W 4');
    assert.match(said, /From \S+ icmp_seq=1 Destination (Host Unreachable|unreachable: Address unreachable)/);
    await eventually(async () => assert.equal((await neighbor(nobody))?.state, 'failed'));
    await router.ctl('nexthop config set bcast-probes 3 ucast-probes 3');
  });

  test(`${family}: a static neighbour gets its packets without being asked`, async () => {
    await using received = await startCapture(blue, blue.device, `dst ${fixed} or ${arp}`);
    await router.ctl(`nexthop add l3 iface blue address ${fixed} mac 02:00:00:00:00:50`);
    await sendFlows(red, fixed, 1);
    await eventually(async () => {
      const [frame = ''] = await received.lines(`dst ${fixed} and ether dst 02:00:00:00:00:50`);
      assert.match(frame, /\.9: UDP/);
    });
    const asked = await received.lines(arp);
    assert.deepEqual(
      asked.filter((line) => line.includes(fixed)),
      [],
    );
    assert.equal((await neighbor(fixed))?.state, 'reachable');
  });

  test(`${family}: a neighbour that changes its MAC address is followed`, async () => {
    const gateway = family === 'IPv4' ? blue.gateway4 : blue.gateway6;
    await assertPings(red, own);
    for (const mac of ['02:00:00:00:02:77', blue.mac]) {
      await blue.ip(`link set ${blue.device} address ${mac}`);
      await eventually(() => assertPings(blue, gateway, '-c 1'));
      await eventually(async () => assert.equal((await neighbor(own))?.mac, mac));
      await assertPings(red, own);
    }
  });

  test(`${family}: a neighbour grows stale, is asked again when used, and is forgotten when not`, async () => {
    await assertPings(red, own);
    const events = router.watch('events', 'type', 'nh');
    const state = (name: string) => `nh update: [^\n]*${own} [^\n]*state=${name}`;
    await router.ctl('nexthop config set lifetime 2 unreachable 1');
    await events.said(new RegExp(state('stale')));
    await assertPings(red, own, '-c 1');
    await events.said(new RegExp(`${state('stale')}.*${state('reachable')}`, 's'));
    await eventually(async () => assert.equal(await neighbor(own), undefined));
    await events.close();
    await router.ctl('nexthop config set lifetime 1200 unreachable 60');
    await assertPings(red, own, '-c 1');
  });
}

test('what hosts say to each other is learned only with snooping', async () => {
  const gossip = etherFrame(
    { destination: 'ff:ff:ff:ff:ff:ff', source: '02:00:00:00:02:40', etherType: 0x0806 },
    arpMessage({
      operation: 'request',
      senderMac: parseMac('02:00:00:00:02:40'),
      sender: parseIpv4('10.2.0.40'),
      target: parseIpv4('10.2.0.41'),
    }),
  );
  await sendFrames(blue, [gossip]);
  await assertPings(red, blue.ip4); // what came before it has been handled
  assert.equal(await neighbor('10.2.0.40'), undefined);
  await router.ctl('interface set port blue neigh_snoop on');
  await sendFrames(blue, [gossip]);
  await eventually(async () => assert.equal((await neighbor('10.2.0.40'))?.mac, '02:00:00:00:02:40'));
  await router.ctl('interface set port blue neigh_snoop off');
});

test('more packets than may wait make room for the newest, under a name', async () => {
  await router.ctl('nexthop config set held-packets 5');
  const before = await router.counted('neighbor-held-too-many');
  await sendFlows(red, '10.2.0.98', 20);
  await eventually(async () => assert.equal(await router.counted('neighbor-held-too-many'), before + 15));
  await router.ctl('nexthop config set held-packets 256');
});

test('learned neighbours can be flushed while packets flow', async () => {
  const lost = await unansweredDuring(red, blue.ip4, async () => {
    for (let round = 0; round < 5; round++) await router.ctl('nexthop flush origin learn');
  });
  assert.deepEqual(lost, []);
});

async function neighbor(address: string) {
  return (await router.list('nexthop show')).find((each) => each.addr === address);
}
