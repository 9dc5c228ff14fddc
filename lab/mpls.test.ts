import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { etherFrame, ipv4Packet, ipv6Packet, joinBytes, udpDatagram } from '../src/net/frame/build.ts';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import { Namespace } from './namespace.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { sendFlows, sendFrames } from './witness/frames.ts';
import { iperf } from './witness/iperf.ts';
import { startLabelEdge } from './witness/label-edge.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// Two customers with the same addresses at both ends: site1 and site2 are 10.1.0.2, far1 and far2 are 10.2.0.2.
const { router, hosts } = await testTopology({
  flags: ['-M', '127.0.0.1:9111'],
  before: 'interface add vrf red\ninterface add vrf blue',
  hosts: {
    site1: { vrf: 'red', network: 1 },
    site2: { vrf: 'blue', network: 1 },
    core: { network: 9 },
    core2: { network: 8 },
    site3: { network: 3 },
  },
});
const { site1, site2, site3, core, core2 } = hosts;
const far1 = new Namespace('far1');
const far2 = new Namespace('far2');
const far3 = new Namespace('far3');
const [customers = '', between = '', group = '', wire = ''] = await examplesOf('docs/features/mpls.md');

const macOf = async (name: string) => String((await router.list(`interface show name ${name}`))[0]?.mac);
const [coreMac, siteMac] = [await macOf('core'), await macOf('site1')];
const edge = await startLabelEdge(core, coreMac, [
  { place: far1, device: 'tun1', push: [101], take: 100 },
  { place: far2, device: 'tun2', push: [0, 201], take: 200 },
  { place: far3, device: 'tap3', push: [601], take: 600, frames: true },
]);
after(async () => {
  await edge.close();
  for (const far of [far1, far2, far3]) far.close();
});
// Without an address of the link Linux solicits no routers: what is counted by label is what a test has sent.
for (const [far, device] of [
  [far1, 'tun1'],
  [far2, 'tun2'],
] as const) {
  await far.ip(`
    link set ${device} mtu 1480 addrgenmode none up
    address add 10.2.0.2/24 dev ${device}
    address add fd00:2::2/64 dev ${device} nodad
    route add default dev ${device}
    route add ::/0 dev ${device}
  `);
}

test('customers with the same addresses reach their own far ends, from the first packet on', async () => {
  await router.ctl(customers);
  for (const { address, filter } of [
    { address: '10.2.0.2', filter: 'icmp' },
    { address: 'fd00:2::2', filter: 'icmp6 and ip6[40] = 128' },
  ]) {
    await using toFirst = await startCapture(far1, 'tun1', filter);
    await using toSecond = await startCapture(far2, 'tun2', filter);
    await assertPings(site1, address, '-c 1');
    assert.deepEqual(await toSecond.lines(), []);
    const seen = (await toFirst.lines()).length;
    assert.ok(seen > 0);
    await assertPings(site2, address);
    assert.equal((await toFirst.lines()).length, seen);
  }
  await assertPings(far1, '10.1.0.2');
  await assertPings(far2, 'fd00:1::2');
});

test('tshark finds label, traffic class, time to live and bottom of stack as they should be', async () => {
  await using capture = await startCapture(core, core.device, 'mpls');
  await assertPings(site1, '10.2.0.2', '-c 1 -Q 0xb8');
  await assertPings(site2, 'fd00:2::2', '-c 1 -t 9');
  const fields = ['mpls.label', 'mpls.exp', 'mpls.ttl', 'mpls.bottom'];
  await eventually(async () => {
    const sent = await capture.dissected(`eth.src == ${coreMac}`, fields);
    assert.deepEqual(sent, ['100\t5\t63\t1', '200\t0\t8\t1']);
  });
  assert.deepEqual(await capture.faulty(), []);
});

test('the router itself answers behind a label, and TCP goes both ways', async () => {
  await assertPings(far1, '10.1.0.1', '-c 1');
  await assertPings(far2, 'fd00:1::1', '-c 1');
  const there = { ip4: '10.2.0.2', ip6: 'fd00:2::2', start: (line: string) => far1.start(line) };
  for (const options of ['-n 2M', '-n 2M -R', '-6 -n 2M']) {
    const { megabitsPerSecond } = await iperf(site1, there, options);
    assert.ok(megabitsPerSecond > 0, options);
  }
});

test('who sends what is too long with its label is told so, and what may be cut is', async () => {
  const said = await assertNoPing(site1, '10.2.0.2', '-c 1 -M do -s 1472');
  assert.match(said, /From 10\.1\.0\.1 icmp_seq=1 Frag needed and DF set \(mtu = 1496\)/);
  assert.match(await assertNoPing(site1, 'fd00:2::2', '-c 1 -M do -s 1452'), /Packet too big: mtu=1496/);
  await site1.run('ip route flush cache');
  await assertPings(site2, '10.2.0.2', '-c 1 -M dont -s 4000');
  await assertPings(far1, '10.1.0.2', '-c 1 -M dont -s 4000');
});

test('time to live runs out where the packet is, and its sender hears of it in the VRF', async () => {
  assert.match(
    await assertNoPing(site1, '10.2.0.2', '-c 1 -t 1'),
    /From 10\.1\.0\.1 .*Time to live exceeded/,
  );
  assert.match(await assertNoPing(far1, '10.1.0.2', '-c 1 -t 1'), /From 10\.1\.0\.1 .*Time to live exceeded/);
  assert.match(await assertNoPing(far2, 'fd00:1::2', '-c 1 -t 1'), /Time exceeded: Hop limit/);
});

test('labels are swapped, doubled and taken off on the way by', async () => {
  await router.ctl(between);
  await using capture = await startCapture(core2, core2.device, 'udp port 9 or mpls');
  await sendFrames(core, [
    frame([{ label: 300, ttl: 20, trafficClass: 6 }], ipv4('192.0.2.1')),
    frame([{ label: 310 }, { label: 77 }], ipv4('192.0.2.2')),
    frame([{ label: 310, ttl: 30 }], ipv4('192.0.2.3')),
    frame([{ label: 310, ttl: 30 }], ipv6('2001:db8::3')),
    frame([{ label: 300, ttl: 1 }], ipv4('192.0.2.4')),
    frame([{ label: 999 }], ipv4('192.0.2.5')),
  ]);
  const fields = [
    'mpls.label',
    'mpls.exp',
    'mpls.ttl',
    'mpls.bottom',
    'ip.dst',
    'ip.ttl',
    'ipv6.dst',
    'ipv6.hlim',
  ];
  await eventually(async () => {
    assert.deepEqual((await capture.dissected('udp && !icmp', fields)).toSorted(), [
      '\t\t\t\t\t\t2001:db8::3\t29',
      '\t\t\t\t192.0.2.3\t29\t\t',
      '400,401\t6,6\t19,19\t0,1\t192.0.2.1\t64\t\t',
      '77\t0\t63\t1\t192.0.2.2\t64\t\t',
    ]);
  });
  assert.deepEqual(await capture.faulty(), []);
  await eventually(async () => {
    const errors = await capture.dissected('icmp', ['mpls.label', 'mpls.ttl', 'icmp.type']);
    assert.deepEqual(errors, ['400,401\t254,254\t11']);
  });
  assert.equal(await router.counted('mpls-ttl-exceeded'), 1);
  assert.equal(await router.counted('mpls-unknown-label'), 1);
});

test('explicit null is routed where it came in', async () => {
  await using capture = await startCapture(core2, core2.device, 'udp port 9');
  await sendFrames(core, [frame([{ label: 0 }], ipv4(core2.ip4)), frame([{ label: 2 }], ipv6(core2.ip6))]);
  await eventually(async () => assert.equal((await capture.lines()).length, 2));
});

test('flows spread over the members of a group behind labels', async () => {
  await router.ctl(group);
  await using first = await startCapture(core, core.device, 'mpls 500');
  await using second = await startCapture(core2, core2.device, 'mpls 500');
  await sendFlows(site1, '10.50.0.1', 64);
  await eventually(async () => {
    const byFirst = (await first.lines()).length;
    const bySecond = (await second.lines()).length;
    assert.equal(byFirst + bySecond, 64);
    assert.ok(Math.min(byFirst, bySecond) >= 10, `${byFirst} and ${bySecond}`);
  });
});

test('what has labels moves with the next hop behind them', async () => {
  await using capture = await startCapture(core2, core2.device, 'mpls 100');
  await router.ctl(
    'route del 10.50.0.0/16 vrf red\nnexthop del 31\nnexthop del 30\nlabel del 300\nlabel del 310\nnexthop del 20',
  );
  await router.ctl('nexthop add l3 iface core2 address 10.8.0.2 id 10');
  await sendFlows(site1, '10.2.0.2', 4);
  await eventually(async () => assert.equal((await capture.lines()).length, 4));
  await router.ctl('nexthop add l3 iface core address 10.9.0.2 id 10');
  await assertPings(site1, '10.2.0.2');
});

test('a bridge reaches through a pseudowire, for IPv4 and IPv6, and whole frames', async () => {
  await far3.ip(`
    link set tap3 mtu 1400 up
    address add 10.3.0.9/24 dev tap3
    address add fd00:3::9/64 dev tap3 nodad
  `);
  await router.ctl(`address flush iface site3\n${wire}`);
  await using capture = await startCapture(core, core.device, `mpls 600`);
  await eventually(() => assertPings(site3, '10.3.0.9', '-c 1'));
  await assertPings(site3, 'fd00:3::9');
  await assertPings(far3, '10.3.0.2', '-s 1300');
  const fields = ['mpls.label', 'mpls.ttl', 'mpls.bottom'];
  assert.ok(
    (await capture.dissected('arp || icmp || icmpv6', fields)).every((line) => line === '600\t255\t1'),
  );
  const [shown] = await router.list('interface show name pw3');
  assert.deepEqual(
    [shown?.type, shown?.domain, shown?.nexthop, shown?.mtu],
    ['pseudowire', 'br3', 600, 1478],
  );
  await router.ctl('interface set port core mtu 1450');
  assert.equal((await router.list('interface show name pw3'))[0]?.mtu, 1428);
  await router.ctl('interface set port core mtu 1500');
  const stations = await router.list('fdb show');
  assert.equal(stations.filter(({ iface }) => iface === 'pw3').length, 1);
  assert.match((await router.attempt('nexthop del 600')).stderr, /got pw3$/m);
  assert.match(
    (await router.attempt('interface add pseudowire no nexthop 10')).stderr,
    /puts labels in front, got next hop 10$/m,
  );
  await router.ctl('interface del pw3\nnexthop del 600');
  assert.ok(!(await router.list('label show')).some(({ label }) => label === 601));
});

test('packets are counted by label, for ctl and as metrics', async () => {
  const countOf = async (label: number) => {
    const counts = await router.list('label stats');
    return Number(counts.find((each) => each.label === label)?.rx_packets);
  };
  const [before, other] = [await countOf(101), await countOf(201)];
  await assertPings(site1, '10.2.0.2', '-c 3');
  assert.equal(await countOf(101), before + 3);
  assert.equal(await countOf(201), other);
  const metrics = await router.namespace.run('curl -s http://127.0.0.1:9111/metrics');
  assert.match(
    metrics,
    new RegExp(`^millrace_label_received_packets_total\\{label="101"\\} ${before + 3}$`, 'm'),
  );
});

test('labels from a customer are not taken', async () => {
  const before = await router.counted('mpls-not-enabled');
  await using capture = await startCapture(site2, site2.device, 'udp port 9');
  const destination = siteMac;
  await sendFrames(site1, [frame([{ label: 201 }], ipv4(site2.ip4), destination)]);
  await eventually(async () => assert.equal(await router.counted('mpls-not-enabled'), before + 1));
  assert.deepEqual(await capture.lines(), []);
});

test('a trace shows the labels', async () => {
  await router.ctl('trace clear\ntrace enable iface site1\ntrace enable iface core');
  await assertPings(site1, '10.2.0.2', '-c 1');
  const text = await router.ctl('trace show count 100');
  await router.ctl('trace disable all');
  for (const stage of ['mpls-push', 'mpls-receive', 'mpls-input'])
    assert.match(text, new RegExp(`^  ${stage} -> `, 'm'));
  assert.match(text, /mpls 100 bottom ttl 63/);
  assert.match(text, /mpls 101 bottom ttl 64/);
});

test('lists, automatic labels, and who uses what', async () => {
  const labels = await router.list('label show');
  assert.deepEqual(labels, [
    { label: 101, type: 'vrf', vrf: 'red' },
    { label: 201, type: 'vrf', vrf: 'blue' },
  ]);
  assert.deepEqual(await router.list('mpls show'), [{ iface: 'core' }]);
  await router.ctl('label config set range 5000-5001');
  assert.match(await router.ctl('label add auto nexthop 10'), /5000/);
  assert.match(await router.ctl('label add auto vrf red'), /5001/);
  assert.match((await router.attempt('label add auto vrf red')).stderr, /\(ENOSPC\)/);
  const refused = await router.attempt('nexthop del 10');
  assert.match(refused.stderr, /next hop 100, next hop 200, label 5000$/m);
  await router.ctl(
    'interface add vrf green\nlabel add 600 vrf green\ninterface del green\nlabel del 5000\nlabel del 5001',
  );
  assert.deepEqual(await router.list('label show'), labels);
});

/** A frame with labels to the router's port. */
function frame(
  labels: readonly { readonly label: number; readonly ttl?: number; readonly trafficClass?: number }[],
  packet: Uint8Array,
  destination = coreMac,
): Uint8Array {
  const entries = labels.map(({ label, ttl = 64, trafficClass = 0 }, place) => {
    const entry = Buffer.alloc(4);
    entry.writeUInt32BE(label * 4096 + trafficClass * 512 + (place + 1 === labels.length ? 256 : 0) + ttl);
    return entry;
  });
  return etherFrame({ destination, source: core.mac, etherType: 0x8847 }, joinBytes(...entries, packet));
}

function ipv4(destination: string): Uint8Array {
  const ends = { source: '192.0.2.200', destination };
  return ipv4Packet(
    { ...ends, protocol: 17 },
    udpDatagram({ source: 9, destination: 9 }, new Uint8Array(20), ends),
  );
}

function ipv6(destination: string): Uint8Array {
  const ends = { source: '2001:db8::200', destination };
  return ipv6Packet(
    { ...ends, nextHeader: 17 },
    udpDatagram({ source: 9, destination: 9 }, new Uint8Array(20), ends),
  );
}
