import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './command.ts';
import { examplesOf } from './docs.ts';
import { eventually } from './eventually.ts';
import type { Host } from './host.ts';
import { Program } from './program.ts';
import { testTopology } from './testing.ts';
import { startCapture } from './witness/capture.ts';
import { assertNoPing, assertPings } from './witness/ping.ts';

// A host on the router, and two Linux VTEPs that it reaches by a port each:
//
//   red ── router ── fabric (10.2.0.2, fd00:2::2)
//              └──── spare  (10.3.0.2, fd00:3::2)   behind it, by a link of their own, fabric again
const { router, hosts } = await testTopology({
  hosts: { red: {}, fabric: {}, spare: {} },
  flags: ['-M', '127.0.0.1:9111'],
});
const { red, fabric, spare } = hosts;

/** A Linux vxlan device with the second address of its networks, to whose router all else goes. */
async function addVtep(host: Host, options: { name: string; vni: number; words: string; network?: number }) {
  const { name, vni, words, network = vni } = options;
  await host.ip(`
    link add ${name} type vxlan id ${vni} dstport 4789 ${words}
    link set ${name} up mtu 1400
    address add 10.${network}.0.2/24 dev ${name}
    address add fd00:${network}::2/64 dev ${name} nodad
    route replace 10.1.0.0/24 via 10.${network}.0.1
    route replace fd00:1::/64 via fd00:${network}::1
  `);
}

/** Sends a datagram to each of 32 ports. */
async function sendFlows(host: Host, to: string) {
  await host.run(`bash -c 'for i in $(seq 9000 9031); do echo x > /dev/udp/${to}/$i; done'`);
}

const [tunnels = '', isolated = '', routed = ''] = await examplesOf('docs/features/vxlan.md');
await addVtep(fabric, { name: 'vx100', vni: 100, words: 'local 10.2.0.2 remote 10.2.0.1' });
await router.ctl(tunnels);

test('IPv4 underlay: a Linux VTEP is reached, both families inside, from the router and through it', async () => {
  assert.match(await router.ctl('ping 10.100.0.2 count 3 delay 20'), / 3 received/);
  assert.match(await router.ctl('ping fd00:100::2 count 3 delay 20'), / 3 received/);
  await assertPings(red, '10.100.0.2');
  await assertPings(red, 'fd00:100::2');
});

test('the host has a representor of a tunnel, and nothing went wrong on the way to it', async () => {
  assert.match(await router.namespace.run('ip link show dev vx100'), /mtu 1450/);
  assert.doesNotMatch(router.log, /no representor/);
});

test('IPv6 underlay: the same', async () => {
  const words = 'local fd00:2::2 remote fd00:2::1 udp6zerocsumrx';
  await addVtep(fabric, { name: 'vx200', vni: 200, words });
  await router.ctl(isolated);
  assert.match(await router.ctl('ping 10.200.0.2 count 3 delay 20'), / 3 received/);
  assert.match(await router.ctl('ping fd00:200::2 count 3 delay 20'), / 3 received/);
});

test('TCP flows, and tshark finds nothing wrong with a datagram or what is in it', async () => {
  await using capture = await startCapture(fabric, fabric.device, 'udp port 4789');
  await using server = fabric.start('iperf3 -s -1 --forceflush');
  await server.said(/Server listening/);
  const report = JSON.parse(await red.run('iperf3 -c 10.100.0.2 -J -t 1 -b 40M'));
  assert.equal(report.error, undefined);
  const { bytes } = report.end.sum_received;
  assert.ok(bytes >= 1_000_000, `${bytes} bytes`);
  await capture.stop();
  assert.deepEqual(await capture.faulty(), []);
  const fields = ['vxlan.flags', 'vxlan.vni', 'ip.ttl', 'ip.flags.df', 'udp.checksum'];
  const [seen = ''] = await capture.dissected('vxlan && ip.src == 10.2.0.1 && tcp', fields);
  assert.match(seen, /^0x0800\t100\t64,63\t0,1\t0x0000/);
});

test('each flow has a source port of its own', async () => {
  await using capture = await startCapture(fabric, fabric.device, 'udp dst port 4789');
  await sendFlows(red, '10.100.0.2');
  const ports = await eventually(async () => {
    const found = await capture.dissected('vxlan && udp.dstport >= 9000 && udp.dstport <= 9031', [
      'udp.srcport',
    ]);
    assert.ok(found.length >= 32, `${found.length} datagrams`);
    return new Set(found.map((line) => Number(line.split(',')[0])));
  });
  assert.ok(ports.size > 28, `${ports.size} ports`);
  assert.ok([...ports].every((port) => port >= 49152));
});

test('a packet too big for the tunnel is refused with its MTU, or cut where it may be', async () => {
  const said = await assertNoPing(red, '10.100.0.2', '-c 1 -s 1472 -M do');
  assert.match(said, /Frag needed.*mtu = 1450/i);
  await red.ip('route flush cache');
  await assertPings(red, '10.100.0.2', '-s 1472 -M dont');
  const said6 = await assertNoPing(red, 'fd00:100::2', '-c 1 -s 1452 -M do');
  assert.match(said6, /Packet too big.*mtu=1450/i);
});

test('a datagram too big for the underlay is cut by the router, and put together by Linux', async () => {
  await router.ctl('interface set vxlan vx100 mtu 1500');
  await using capture = await startCapture(fabric, fabric.device, 'ip[6:2] & 0x3fff != 0');
  await red.ip('route flush cache');
  await assertPings(red, '10.100.0.2', '-c 2 -s 1472 -M dont');
  await router.ctl('interface set vxlan vx100 mtu 1450');
  await eventually(async () => assert.ok((await capture.lines('src host 10.2.0.1')).length >= 4));
});

test('the first fragment of what a far end had to cut is dropped, and so counted, under a name', async () => {
  await fabric.ip('link set vx100 mtu 1500');
  const before = await router.counted('tunnel-fragment');
  await assertNoPing(fabric, '10.100.0.1', '-c 1 -s 1472');
  await fabric.ip('link set vx100 mtu 1400\nroute flush cache');
  assert.equal(await router.counted('tunnel-fragment'), before + 1);
  await assertPings(fabric, '10.100.0.1');
});

test('VNIs are told apart, and one without an interface is dropped by name', async () => {
  await fabric.ip(`
    link add vx300 type vxlan id 300 dstport 4789 local 10.2.0.2 remote 10.2.0.1
    link set vx300 up
    address add 10.101.0.2/24 dev vx300
  `);
  const before = await router.counted('vxlan-unknown-vni');
  await assertNoPing(fabric, '10.101.0.1', '-c 2');
  await eventually(async () => assert.ok((await router.counted('vxlan-unknown-vni')) > before));
  await router.ctl(`
    interface add vxlan vx300 vni 300 local 10.2.0.1
    flood vtep add 10.2.0.2 vni 300
    address add 10.101.0.1/24 iface vx300`);
  await using capture = await startCapture(fabric, 'vx100', 'arp or icmp');
  await eventually(() => assertPings(fabric, '10.101.0.1'));
  assert.deepEqual(await capture.lines('host 10.101.0.1'), []);
  await router.ctl('interface del vx300');
  await fabric.ip('link del vx300');
});

test('what is for all goes to each far end of the flood list, what is for one to its own alone', async () => {
  await addVtep(spare, { name: 'vx100', vni: 100, words: 'local 10.3.0.2 remote 10.2.0.1', network: 100 });
  await spare.ip('address del 10.100.0.2/24 dev vx100\naddress add 10.100.0.3/24 dev vx100');
  await router.ctl('flood vtep add 10.3.0.2 vni 100');
  await using atFabric = await startCapture(fabric, 'vx100', 'host 10.100.0.3');
  await using atSpare = await startCapture(spare, 'vx100', 'host 10.100.0.3');
  assert.match(await router.ctl('ping 10.100.0.3 count 3 delay 20'), / 3 received/);
  await eventually(async () => {
    assert.ok((await atSpare.lines('icmp[0] = 8')).length >= 3);
    assert.ok((await atFabric.lines('arp[6:2] = 1')).length >= 1);
  });
  assert.match(await router.ctl('ping 10.100.0.3 count 3 delay 20'), / 3 received/);
  assert.ok(
    (await atFabric.lines('icmp')).length <= 1,
    'only what was sent before the router knew the place',
  );
  const listed = await router.list('flood vtep show');
  assert.deepEqual(
    listed.filter(({ vni }) => vni === 100),
    [
      { vrf: 'main', vni: 100, addr: '10.2.0.2' },
      { vrf: 'main', vni: 100, addr: '10.3.0.2' },
    ],
  );
  await router.ctl('flood vtep del 10.3.0.2 vni 100');
  await spare.ip('link del vx100');
});

test('a tunnel moves with its underlay at once, and spreads over its next hops', async () => {
  await fabric.ip(`
    address add 10.9.9.9/32 dev lo
    link add between type veth peer name between netns ${spare.name}
    link set between up
    address add 10.33.0.2/24 dev between
    link add vx400 type vxlan id 400 dstport 4789 local 10.9.9.9 remote 10.2.0.1
    link set vx400 up
    address add 10.44.0.2/24 dev vx400
  `);
  await spare.ip(
    'link set between up\naddress add 10.33.0.3/24 dev between\nroute add 10.9.9.9/32 via 10.33.0.2',
  );
  await spare.run('sysctl -qw net.ipv4.ip_forward=1');
  await fabric.run('sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.between.rp_filter=0');
  await router.ctl(`
    interface add vxlan vx400 vni 400 local 10.2.0.1
    address add 10.44.0.1/24 iface vx400
    flood vtep add 10.9.9.9 vni 400
    nexthop add l3 iface fabric id 901 address 10.2.0.2
    nexthop add l3 iface spare id 902 address 10.3.0.2
    nexthop add group id 903 member 901 member 902
    route add 10.9.9.9/32 via id 901`);
  await using bySpare = await startCapture(spare, spare.device, 'udp dst port 4789');
  assert.match(await router.ctl('ping 10.44.0.2 count 3 delay 20'), / 3 received/);
  assert.deepEqual(await bySpare.lines(), []);
  const pinging = router.ctl('ping 10.44.0.2 count 40 delay 50');
  await router.ctl('route add 10.9.9.9/32 via id 902');
  const received = Number(/(\d+) received/.exec(await pinging)?.[1]);
  assert.ok(received >= 38, `${received} of 40`);
  assert.ok((await bySpare.lines()).length > 20);
  await router.ctl('route add 10.9.9.9/32 via id 903');
  await using byFabric = await startCapture(fabric, fabric.device, 'udp dst port 4789');
  const before = (await bySpare.lines()).length;
  await sendFlows(red, '10.44.0.2');
  await eventually(async () => {
    const [one, two] = [(await byFabric.lines()).length, (await bySpare.lines()).length - before];
    assert.ok(one > 4 && two > 4 && one + two >= 32, `${one} and ${two}`);
  });
});

test('a trace shows both stages, a capture of the tunnel what is inside, and events and metrics its far ends', async () => {
  await using events = router.watch('events', 'show');
  await router.ctl('trace clear\ntrace enable all');
  const file = `${router.directory}/inside.pcap`;
  await using capture = new Program([
    'sh',
    '-c',
    `exec ${router.ctlCommand('capture', 'iface', 'vx100').join(' ')} > ${file}`,
  ]);
  await eventually(async () => {
    await assertPings(red, '10.100.0.2', '-c 2');
    const inside = await run([
      'sh',
      '-c',
      `tshark -r ${file} -T fields -e frame.protocols 2>/dev/null || true`,
    ]);
    assert.match(inside, /eth:ethertype:ip:icmp/);
    assert.doesNotMatch(inside, /vxlan/);
  });
  await capture.close();
  const text = await router.ctl('trace show count 100');
  await router.ctl('trace disable all');
  assert.match(text, /^ {2}udp-input -> vxlan-input/m);
  assert.match(text, /^ {2}vxlan-input -> ether-input/m);
  assert.match(text, /^ {2}vxlan-output -> ether-output/m);
  const inside =
    / {4}vxlan 100\n {4}ether .*\n {4}ipv4 10\.1\.0\.2 > 10\.100\.0\.2 icmp .*\n {4}icmp echo request/;
  assert.match(text, inside);
  await router.ctl('flood vtep add 10.2.0.77 vni 100\nflood vtep del 10.2.0.77 vni 100');
  await events.said(/flood add: vrf=main vni=100 10\.2\.0\.77/);
  await events.said(/flood del: vrf=main vni=100 10\.2\.0\.77/);
  const metrics = await router.namespace.run('curl -s http://127.0.0.1:9111/metrics');
  assert.match(metrics, /^millrace_vxlan_far_ends\{origin="static"\} [1-9]/m);
  assert.match(metrics, /^millrace_vxlan_stations [1-9]/m);
  assert.match(metrics, /^millrace_vxlan_flood_entries [1-9]/m);
});

test('L3 VNI: a route leads to a remote router, by its MAC address and its far end, and nothing is flooded', async () => {
  await fabric.ip(`
    link add vx800 address 02:00:00:00:80:02 type vxlan id 800 dstport 4789 local 10.2.0.2 remote 10.2.0.1
    link set vx800 up
    address add 10.99.0.1/32 dev lo
    address add fd00:99::1/128 dev lo
    address add 10.80.0.2/24 dev vx800
    neigh add 10.80.0.1 lladdr 02:00:00:00:80:01 dev vx800
    route add 10.1.0.2/32 via 10.80.0.1
  `);
  await router.ctl(routed);
  await red.ip('route flush cache');
  await assertPings(red, '10.99.0.1');
  const [entry] = await router.list('fdb show iface vx800');
  assert.deepEqual(
    { ...entry, age: 0 },
    {
      bridge: 'vx800',
      mac: '02:00:00:00:80:02',
      vlan: 0,
      iface: 'vx800',
      vtep: '10.2.0.2',
      flags: ['static'],
      age: 0,
    },
  );
  assert.match((await router.attempt('fdb add 02:00:00:00:80:03 iface vx800')).stderr, /\(EINVAL\)/);
  // Down first: what the far end still says of itself, an MLD report, would teach the router its place again.
  await fabric.ip('link set vx800 down');
  await router.ctl('fdb del bridge vx800 02:00:00:00:80:02');
  const before = await router.counted('vxlan-no-far-end');
  await red.attempt('ping -c 1 -W 1 10.99.0.1');
  assert.ok((await router.counted('vxlan-no-far-end')) > before);
  await router.ctl('interface del vx800');
  await fabric.ip('link del vx800');
});

test('a tunnel whose local address goes does not run and says why, and runs again when it is back', async () => {
  const show = async () => (await router.list('interface show name vx400'))[0] ?? {};
  assert.deepEqual((await show())['flags'], ['up', 'running']);
  await router.ctl('address del 10.2.0.1/24 iface fabric');
  const gone = await show();
  assert.deepEqual(gone['flags'], ['up']);
  assert.equal(gone['down'], 'local-not-ours');
  const before = await router.counted('vxlan-no-local');
  await router.attempt('ping 10.44.0.2 count 1 delay 50');
  assert.ok((await router.counted('vxlan-no-local')) > before);
  await router.ctl('address add 10.2.0.1/24 iface fabric');
  assert.deepEqual((await show())['flags'], ['up', 'running']);
});

test('a tunnel whose underlay leads into itself drops its datagrams by name', async () => {
  await router.ctl(`
    interface add vxlan loop vni 500 local 10.2.0.1
    address add 10.55.0.1/24 iface loop
    flood vtep add 10.55.0.2 vni 500
    nexthop add l3 iface loop id 950 address 10.55.0.2 mac 02:00:00:00:55:02`);
  await router.attempt('ping 10.55.0.2 count 1 delay 50');
  await eventually(async () => assert.ok((await router.counted('vxlan-too-deep')) >= 1));
  await router.ctl('interface del loop\nflood vtep del 10.55.0.2 vni 500');
});

test('what cannot be is refused with the reason', async () => {
  for (const [line, code, reason] of [
    ['interface add vxlan two vni 100 local 10.2.0.1', 'EEXIST', /100, which vx100 has/],
    [
      'interface add vxlan two vni 101 local 10.2.0.99',
      'EADDRNOTAVAIL',
      /an address of ours in the VRF main/,
    ],
    ['interface add vxlan two vni 101 local 224.0.0.1', 'EINVAL', /the address of one station/],
    ['flood vtep add 10.2.0.1 vni 100', 'EINVAL', /another router's address/],
    ['flood vtep add 10.2.0.2 vni 100', 'EEXIST', /a far end that the list has not/],
    ['flood vtep add fd00:2::2 vni 100', 'EINVAL', /of the family of 10.2.0.1/],
    ['interface set vxlan vx100 vni 200', 'EEXIST', /200, which vx200 has/],
    ['interface set vxlan vx100 local fd00:2::1', 'EINVAL', /of the family of fd00:2::1/],
    ['interface set vxlan vx100 local 10.100.0.1', 'EINVAL', /an address of another interface/],
    ['interface set vxlan vx100 local 10.2.0.99', 'EADDRNOTAVAIL', /an address of ours/],
  ] as const) {
    const { stderr } = await router.attempt(line);
    assert.match(stderr, new RegExp(`\\(${code}\\)`), line);
    assert.match(`${stderr}${router.log}`, reason, line);
  }
  await assertPings(red, '10.100.0.2');
});

test("an underlay's VRF stays while a tunnel is in it, and its flood list goes with it", async () => {
  await router.ctl('interface add vrf under\ninterface set port spare vrf under');
  await router.ctl('interface add vxlan vx600 vni 600 local 10.3.0.1 encap_vrf under dst_port 8472');
  await router.ctl('flood vtep add 10.3.0.2 vni 600 vrf under');
  await router.ctl('interface set port spare vrf main');
  assert.match((await router.attempt('interface del under')).stderr, /\(EBUSY\)/);
  const [shown = {}] = await router.list('interface show name vx600');
  assert.deepEqual(
    [shown['vni'], shown['local'], shown['encap_vrf'], shown['dst_port'], shown['down']],
    [600, '10.3.0.1', 'under', 8472, 'local-not-ours'],
  );
  await router.ctl('interface del vx600\ninterface del under');
  assert.deepEqual(
    (await router.list('flood vtep show')).filter(({ vni }) => vni === 600),
    [],
  );
});
